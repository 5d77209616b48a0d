#include "guard/builtin.h"

namespace penstock::guard {
namespace {

// Patterns begin at a word's edge and with what is rare in prose: RE2 skips the rest, and a stream
// is held back for little. Phones: international; North American; with a trunk prefix, grouped.
constexpr Builtin kPii[] = {
    {"email", "EMAIL",
     R"(\b[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}\b)",
     isEmail},
    {"phone", "PHONE",
     R"(\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,5}(?:[ .\-/]?\d{2,6}){1,6})", isPhone},
    {"phone", "PHONE", R"(\b00[1-9]\d{0,2}[ .-]?\d{1,5}(?:[ .\-/]?\d{2,6}){1,6})", isPhone},
    {"phone", "PHONE",
     R"((?:\b1[ .-])?(?:\([2-9]\d{2}\) ?|\b[2-9]\d{2}[.-])[2-9]\d{2}[ .-]\d{4}\b)", isPhone},
    {"phone", "PHONE",
     R"(\(?\b0[1-9]\d{0,4}(?:\)[ ]?|[ \-/.]| /? ?)\d{2,8}(?:[ .-]\d{2,4}){0,4}\b)", isPhone},
    {"credit_card", "CREDIT_CARD", R"(\b[2-6]\d{3}(?:[ -]?\d){9,15}\b)", isPaymentCard},
    {"iban", "IBAN", R"(\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b)", isIban},
    {"ssn", "SSN", R"(\b\d{3}-\d{2}-\d{4}\b)", isSsn},
    {"ip_address", "IP_ADDRESS", R"(\b\d{1,3}(?:\.\d{1,3}){3,}\b)", isIpAddress},
    {"ip_address", "IP_ADDRESS", R"(\b[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}\b)",
     isIpAddress},
};

constexpr const char* kBase64 = "+/=";
constexpr const char* kBase64Url = "_-";

// Of those that vendors give a form of their own; then keys and tokens without one, where a name
// says what they are.
constexpr Builtin kSecrets[] = {
    {"aws", "AWS_KEY", R"(\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b)"},
    {"github", "GITHUB_TOKEN", R"(\bgh[oprsu]_[A-Za-z0-9]{36})", nullptr, ""},
    {"github", "GITHUB_TOKEN", R"(\bgithub_pat_[A-Za-z0-9_]{22})", nullptr, "_"},
    {"gitlab", "GITLAB_TOKEN",
     R"(\bgl(?:pat|dt|rt|ptt|ft|soat|agent|oas|cbt|imt)-[A-Za-z0-9_-]{20})", nullptr, "_-."},
    {"slack", "SLACK_TOKEN", R"(\bxox[abeoprs]-[A-Za-z0-9-]{10})", nullptr, "-"},
    {"slack", "SLACK_TOKEN", R"(\bxapp-\d-[A-Za-z0-9-]{10})", nullptr, "-"},
    {"slack", "SLACK_WEBHOOK",
     R"(\bhooks\.slack\.com/(?:services|workflows)/T[A-Z0-9]+/[A-Za-z0-9/]{16})", nullptr, "/"},
    {"stripe", "STRIPE_KEY", R"(\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16})", nullptr, ""},
    {"stripe", "STRIPE_KEY", R"(\bwhsec_[A-Za-z0-9+/]{24})", nullptr, kBase64},
    {"google", "GOOGLE_KEY", R"(\bAIza[A-Za-z0-9_-]{35})"},
    {"google", "GOOGLE_KEY", R"(\bya29\.[A-Za-z0-9_-]{20})", nullptr, "_-."},
    {"google", "GOOGLE_KEY", R"(\bGOCSPX-[A-Za-z0-9_-]{28})"},
    {"anthropic", "ANTHROPIC_KEY", R"(\bsk-ant-[A-Za-z0-9_-]{20})", nullptr, kBase64Url},
    {"openai", "OPENAI_KEY", R"(\bsk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20})", nullptr,
     kBase64Url},
    {"openai", "OPENAI_KEY", R"(\bsk-[A-Za-z0-9]{32})", isRandom, kBase64Url},
    {"penstock", "PENSTOCK_KEY", R"(\bmlx_(?:sk|mk|scim)_[A-Za-z0-9]{16})", nullptr, ""},
    {"jwt", "JWT", R"(\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]+)", nullptr, "_-."},
    {"private_key", "PRIVATE_KEY",
     R"(-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr])*)"
     R"((?:(?:Proc-Type|DEK-Info|Version|Comment):[^\n\\]*(?:\s|\\[nr])*)*[A-Za-z0-9+/=]{16})",
     nullptr, "+/=\r\n\\"},
    {"credential", "CREDENTIAL",
     R"((?i)(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|auth[_-]?key|)"
     R"(private[_-]?key|client[_-]?secret|credentials?)["']?[ \t]{0,4}(?:=>|:=|[=:])[ \t]{0,4}["'`]?)"
     R"([A-Za-z0-9+/_.~!@#$%^&*-]{8,}={0,2})",
     isCredential, "+/_.~!@#$%^&*-="},
    {"credential", "CREDENTIAL", R"((?i)\b(?:bearer|basic)[ \t]+[A-Za-z0-9+/_.~-]{16,}={0,2})",
     isCredential, "+/_.~-="},
};

}  // namespace

std::span<const Builtin> builtinPii() { return kPii; }
std::span<const Builtin> builtinSecrets() { return kSecrets; }

}  // namespace penstock::guard
