// Credentials that are more than a key. The secrets come in and never out.
#include "manage/provider_credentials.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/rs256.h"
#include "http/client.h"
#include "json/document.h"
#include "manage/answers.h"

namespace penstock::manage {
namespace {

using model::Family;
using Kind = model::CredentialKind;

constexpr json::StringBounds kText{.min = 1, .max = 2048, .controls = json::Controls::Refused};
constexpr json::StringBounds kSecret{.min = 1, .max = 16'384};

Family familyOf(Kind kind) {
  switch (kind) {
    case Kind::ApiKey: return Family::OpenAi;
    case Kind::AwsKeys:
    case Kind::AwsWebIdentity:
    case Kind::AwsContainer:
    case Kind::AwsInstance: return Family::Bedrock;
    case Kind::ServiceAccount:
    case Kind::GoogleMetadata: return Family::Vertex;
    case Kind::EntraClient:
    case Kind::EntraWorkload:
    case Kind::ManagedIdentity: return Family::Azure;
  }
  return Family::OpenAi;
}

bool takes(const model::Vendor& vendor, Kind kind) {
  return kind == Kind::ApiKey || familyOf(kind) == vendor.family;
}

std::vector<std::string_view> kindsOf(const model::Vendor& vendor) {
  std::vector<std::string_view> names;
  for (const model::CredentialForm& form : model::credentialForms()) {
    if (takes(vendor, form.kind)) names.push_back(form.name);
  }
  return names;
}

bool isHeaderText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

void readKind(json::ObjectReader& section, const model::Vendor& vendor,
              model::Credentials& credentials) {
  const auto kinds = kindsOf(vendor);
  Kind kind = credentials.kind;
  if (const auto chosen = section.choice("kind", kinds)) {
    kind = model::findCredentialForm(kinds[*chosen])->kind;
  } else if (section.has("key_file") && takes(vendor, Kind::ServiceAccount)) {
    kind = Kind::ServiceAccount;
  }
  if (kind == credentials.kind) return;
  credentials = {};
  credentials.kind = kind;
}

// Answers whether there was a secret.
bool readFields(json::ObjectReader& section, model::Credentials& credentials) {
  bool secret = false;
  for (const model::CredentialField& field : model::credentialForm(credentials.kind).fields) {
    const bool clears = section.isNull(field.name);
    auto text = clears ? std::optional(std::string())
                       : section.string(field.name, field.secret != nullptr ? kSecret : kText);
    if (!text) continue;
    // A private key has lines; all else travels in a header, a form or a path.
    const bool key = credentials.kind == Kind::ServiceAccount && field.secret != nullptr;
    if (!key && !isHeaderText(*text)) {
      section.fail(field.name, "must be printable ASCII without spaces");
    }
    if (field.secret != nullptr) {
      credentials.*field.secret = Secret(*std::move(text));
      secret = true;
    } else {
      credentials.*field.text = *std::move(text);
    }
  }
  return secret;
}

// The file that Google hands out. Where it says to ask for tokens is not followed: the secret goes
// to Google.
void takeKeyFile(json::ObjectReader& section, json::ValueRef file,
                 model::Credentials& credentials) {
  const auto email = file.stringAt("client_email");
  const auto key = file.stringAt("private_key");
  if (file.stringAt("type") != "service_account" || !email || !key) {
    return section.fail("key_file", "is no key file of a Google service account");
  }
  credentials.id = *email;
  credentials.key_id = file.stringAt("private_key_id").value_or("");
  credentials.secret = Secret(std::string(*key));
}

void readKeyFile(json::ObjectReader& section, model::Credentials& credentials) {
  const auto given = section.value("key_file");
  if (!given) return;
  if (credentials.kind != Kind::ServiceAccount) {
    return section.fail("key_file", "is of kind service_account only");
  }
  if (given->isObject()) return takeKeyFile(section, *given, credentials);
  const auto document = json::parse(given->asString().value_or(""));
  if (!document) return section.fail("key_file", "must be the file's JSON, as an object or a text");
  takeKeyFile(section, document->root(), credentials);
}

void checkComplete(json::ObjectReader& section, const model::Credentials& credentials) {
  for (const model::CredentialField& field : model::credentialForm(credentials.kind).fields) {
    const bool empty = field.secret != nullptr ? (credentials.*field.secret).empty()
                                               : (credentials.*field.text).empty();
    const bool unsaid = !section.has(field.name) || section.isNull(field.name);
    if (field.required && empty && unsaid && !section.has("key_file")) {
      section.fail(field.name, "is required");
    }
  }
  const bool account = credentials.kind == Kind::ServiceAccount && !credentials.secret.empty();
  if (account && !isRsaPrivateKey(credentials.secret)) {
    section.fail(section.has("key_file") ? "key_file" : "private_key",
                 "the private key must be an RSA key in PEM, without a pass phrase");
  }
}

bool endsWithAny(std::string_view host, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return host.ends_with(end); });
}

// Hosts at which nobody else reads what is sent.
bool isOfCloud(Family family, std::string_view host) {
  switch (family) {
    case Family::Vertex:
      return host == "aiplatform.googleapis.com" || host.ends_with("-aiplatform.googleapis.com");
    case Family::Azure:
      return endsWithAny(
          host, {".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"});
    case Family::Bedrock: {
      const bool runtime =
          host.starts_with("bedrock-runtime.") || host.starts_with("bedrock-runtime-fips.");
      return runtime && endsWithAny(host, {".amazonaws.com", ".amazonaws.com.cn"});
    }
    case Family::OpenAi:
    case Family::Anthropic:
    case Family::Google: break;
  }
  return false;
}

void writeTexts(json::Writer& out, const model::Credentials& credentials) {
  const model::CredentialForm& form = model::credentialForm(credentials.kind);
  out.field("kind", form.name);
  for (const model::CredentialField& field : form.fields) {
    const bool given = field.text != nullptr && !(credentials.*field.text).empty();
    if (given) out.field(field.name, credentials.*field.text);
  }
}

}  // namespace

bool readCredentials(json::ObjectReader& body, const model::Vendor& vendor,
                     model::Provider& provider) {
  if (body.isNull("credentials")) {
    provider.credentials = {};
    return true;
  }
  bool anew = false;
  body.object("credentials", [&](json::ObjectReader& section) {
    readKind(section, vendor, provider.credentials);
    anew = readFields(section, provider.credentials) || section.has("key_file") ||
           provider.credentials.secret.empty();
    readKeyFile(section, provider.credentials);
    checkComplete(section, provider.credentials);
  });
  return anew;
}

void checkAmbient(json::ObjectReader& body, const model::Vendor& vendor,
                  const model::Provider& provider) {
  if (!model::credentialForm(provider.credentials.kind).ambient || !provider.base_url) return;
  const auto url = http::parseBaseUrl(*provider.base_url);
  if (!url) return;  // told of already
  const bool safe = url->origin.scheme == http::Origin::Scheme::Https &&
                    isOfCloud(vendor.family, url->origin.host);
  if (safe) return;
  body.fail("base_url", "credentials of this machine are sent to " + std::string(vendor.name) +
                            "'s own hosts only");
}

void writeCredentials(json::Writer& out, const model::Credentials& credentials) {
  out.beginObject();
  writeTexts(out, credentials);
  const bool shows = credentials.kind != Kind::ServiceAccount && !credentials.secret.empty();
  if (shows) out.field("secret_fingerprint", credentials.secret.fingerprint());
  out.endObject();
}

void writeDeclaredCredentials(json::Writer& out, const model::Credentials& credentials) {
  out.beginObject();
  writeTexts(out, credentials);
  out.endObject();
}

}  // namespace penstock::manage
