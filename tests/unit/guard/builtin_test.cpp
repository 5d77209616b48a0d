#include "guard/builtin.h"

#include <string>

#include <doctest/doctest.h>

#include "unit/guard/support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

struct Sample {
  std::string text;
  std::string expected;  // as it is left
};

void check(const guard::Policy& policy, const std::vector<Sample>& samples) {
  for (const Sample& sample : samples) CHECK(redacted(policy, sample.text) == sample.expected);
}

// Nothing here is what it looks like.
void checkLeftAlone(const guard::Policy& policy, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) CHECK(redacted(policy, text) == text);
}

}  // namespace

TEST_SUITE("guard/builtin") {
  TEST_CASE("personal data is found") {
    const auto policy = redactAll();
    check(*policy, {{"Write to ada.lovelace+x@mail.example.co.uk.", "Write to [REDACTED:EMAIL]."},
                    {"<bob@example.org>", "<[REDACTED:EMAIL]>"},
                    {"call +49 30 901820 today", "call [REDACTED:PHONE] today"},
                    {"call +1 (415) 555-2671!", "call [REDACTED:PHONE]!"},
                    {"tel:+442079460958", "tel:[REDACTED:PHONE]"},
                    {"(415) 555-2671", "[REDACTED:PHONE]"},
                    {"415-555-2671 or 415.555.2671", "[REDACTED:PHONE] or [REDACTED:PHONE]"},
                    {"UK 020 7946 0958", "UK [REDACTED:PHONE]"},
                    {"FR 01 42 68 53 00.", "FR [REDACTED:PHONE]."},
                    {"DE 030/901820", "DE [REDACTED:PHONE]"},
                    {"0049 30 901820", "[REDACTED:PHONE]"},
                    {"card 4111 1111 1111 1111 exp", "card [REDACTED:CREDIT_CARD] exp"},
                    {"5500-0055-5555-5559", "[REDACTED:CREDIT_CARD]"},
                    {"378282246310005", "[REDACTED:CREDIT_CARD]"},
                    {"order 12 4111111111111111", "order 12 [REDACTED:CREDIT_CARD]"},
                    {"DE89 3704 0044 0532 0130 00 IS MINE", "[REDACTED:IBAN] IS MINE"},
                    {"GB82WEST12345698765432", "[REDACTED:IBAN]"},
                    {"SSN 536-90-4399.", "SSN [REDACTED:SSN]."},
                    {"from 203.0.113.9:443", "from [REDACTED:IP_ADDRESS]:443"},
                    {"v6 2001:db8::8a2e:370:7334 x", "v6 [REDACTED:IP_ADDRESS] x"}});
  }

  TEST_CASE("what only looks like personal data is left alone") {
    checkLeftAlone(
        *redactAll(),
        {"icon@2x.png and lib@1.x.js", "git@github.com:org/repo.git", "pkg@1.2.3 @user a@b",
         "2024-05-17 10:20:30, 12:34:56, 01.02.2024 10:20, 05/17/2024 08-30",
         "4111 1111 1111 1112",                // Luhn
         "1234567890123456 0000000000000000",  // no network's
         "DE89370400440532013001",             // mod 97
         "XX89370400440532013000", "000-12-3456 666-12-3456 900-12-3456 123-00-4567",
         "version 1.2.3.4.5 at 127.0.0.1 or 0.0.0.0, 999.1.1.1",
         "std::vector a::b dead::beef 00:1A:2B:3C:4D:5E", "$1,234,567.89 and 3.14159265358979",
         "id 8f14e45f-ceea-467f-9575-2a1b3c4d5e6f", "ISBN 978-3-16-148410-0",
         "port 8080, year 2024, 100 000 000 people", "+1 and +2 = +3"});
  }

  // Made up at run time, so that no scanner takes this file for a leak.
  TEST_CASE("secrets are found, whole, whatever their length") {
    const std::string a20 = "Ab3dEf6hIj9lMn2pQr5t", a36 = a20 + "Uv8xYz1bCd4fGh7j";
    const std::string long_tail = a36 + a36 + a36 + a36 + a36 + a36 + a36 + a36 + a36 + a36;
    const auto policy = redactAll();
    const struct {
      std::string secret;
      const char* label;
    } cases[] = {
        {"AKIA"
         "IOSFODNN7QW3XRTZ",
         "AWS_KEY"},
        {"ghp_" + a36, "GITHUB_TOKEN"},
        {"github_pat_" + a36 + "_" + a36, "GITHUB_TOKEN"},
        {"glpat-" + a20, "GITLAB_TOKEN"},
        {"xoxb-"
         "1234567890-" +
             a20,
         "SLACK_TOKEN"},
        {"hooks.slack.com/services/T0AB12CD3/B0AB12CD3/" + a20, "SLACK_WEBHOOK"},
        {"sk_live_" + a20, "STRIPE_KEY"},
        {"AIza" + a36.substr(0, 35), "GOOGLE_KEY"},
        {"ya29." + long_tail, "GOOGLE_KEY"},
        {"sk-proj-" + long_tail, "OPENAI_KEY"},
        {"sk-" + a36 + a20.substr(0, 12), "OPENAI_KEY"},
        {"sk-ant-api03-" + a36 + a36, "ANTHROPIC_KEY"},
        {"mlx_sk_" + a36, "PENSTOCK_KEY"},
        {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + long_tail, "JWT"},
    };
    for (const auto& c : cases) {
      CHECK(redacted(*policy, "use " + c.secret + " now") ==
            "use [REDACTED:" + std::string(c.label) + "] now");
    }
    const std::string body = long_tail + "\n" + long_tail + "==\n";
    CHECK(redacted(*policy,
                   "-----BEGIN RSA PRIVATE "
                   "KEY-----\n" +
                       body + "-----END RSA PRIVATE KEY-----\nbye") ==
          "[REDACTED:PRIVATE_KEY]-----END RSA PRIVATE KEY-----\nbye");
  }

  TEST_CASE("assignments of what is made by chance lose their value") {
    check(*redactAll(), {{"password=hX7!kq92Lm", "password=[REDACTED:CREDENTIAL]"},
                         {"pwd: Correct-Horse7", "pwd: [REDACTED:CREDENTIAL]"},
                         {"DB_PASSWORD: 'hX7kq92LmZ'", "DB_PASSWORD: '[REDACTED:CREDENTIAL]'"},
                         {R"({"client_secret": "9f86d081884c7d65"})",
                          R"({"client_secret": "[REDACTED:CREDENTIAL]"})"},
                         {"api-key := \"q8Zt4Nw1Rb\"", "api-key := \"[REDACTED:CREDENTIAL]\""},
                         {"Authorization: Bearer 9f86d081884c7d659a2f",
                          "Authorization: Bearer [REDACTED:CREDENTIAL]"}});
    checkLeftAlone(
        *redactAll(),
        {"password=${DB_PASSWORD}", "password: your_password1", "token = getToken1(x)",
         "secret: internationalization", "password=example-pass-1234", "the password is strong",
         "token=xxxxxxxx1234", "secret = load_secret_v2", "max_tokens: 1000000000",
         "password = 12345678", "secrets: [abc]", "pwd=/home/user"});
  }

  TEST_CASE("prose and code hold nothing") {
    checkLeftAlone(*redactAll(),
                   {"The quick brown fox jumps over the lazy dog. It costs 12,50 € at 18:30 Uhr.",
                    "for (size_t i = 0; i < v.size(); ++i) sum += v[i] * 0x1F + 1e-9;",
                    "SELECT id, name FROM users WHERE created_at > '2024-01-01' LIMIT 100;",
                    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "commit 1d2c3b4a5968778695a4b3c2d1e0f00112233445",
                    "См. раздел 4.2, 日本語のテキスト 2024年, größer als 1.000.000"});
  }
}
