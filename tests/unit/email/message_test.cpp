#include "email/message.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::email;

namespace {

model::Email mail(std::string subject, std::string body, std::string to = "ada@example.com") {
  model::Email email;
  email.id = "eml_1";
  email.recipient = std::move(to);
  email.subject = std::move(subject);
  email.body = std::move(body);
  return email;
}

std::string composed(const model::Email& email, const char* from = "p@example.com") {
  const auto text = compose(email, from, 1'777'593'600'000);
  REQUIRE(text);
  return *text;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("email/message") {
  TEST_CASE("a mail has its head, and lines that end as mail's do") {
    CHECK(composed(mail("Low", "one\ntwo\n")) ==
          "Date: Fri, 01 May 2026 00:00:00 +0000\r\nFrom: p@example.com\r\nTo: ada@example.com\r\n"
          "Subject: Low\r\nMessage-ID: <eml_1@example.com>\r\nMIME-Version: 1.0\r\n"
          "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n"
          "Auto-Submitted: auto-generated\r\n\r\none\r\ntwo\r\n");
  }

  TEST_CASE("texts beyond ASCII are encoded, cut between characters") {
    const std::string text = composed(mail("Größe " + std::string(60, 'x') + "ß", "Maß\n"));
    CHECK(contains(text, "Subject: =?utf-8?B?R3LDtsOfZSB4"));
    CHECK(contains(text, "\r\n =?utf-8?B?"));
    CHECK(contains(text, "Content-Transfer-Encoding: base64\r\n"));
    CHECK(contains(text, "\r\n\r\nTWHDnwo=\r\n"));
  }

  TEST_CASE("nothing that people wrote can add a header or a recipient") {
    const std::string text = composed(mail("a\r\nBcc: eve@example.com", "x"));
    CHECK_FALSE(contains(text, "\r\nBcc:"));
    for (const char* to : {"a@b\r\nRCPT TO:<c@d>", "a@b>", "a@b, c@d", "a", "@b", "a@", "a@b@c",
                           "a b@c", "", "ä@b"}) {
      INFO(to);
      CHECK_FALSE(compose(mail("s", "b", to), "p@example.com", 0));
      CHECK_FALSE(compose(mail("s", "b"), to, 0));
    }
    CHECK(addressOf("Penstock <p@example.com>") == "p@example.com");
    CHECK(addressOf("Pen\nstock <p@example.com>").empty());
  }

  TEST_CASE("lines that begin with a dot get another one") {
    CHECK(stuffed(".\r\n..x\r\na.b\r\n") == "..\r\n...x\r\na.b\r\n.\r\n");
    CHECK(stuffed("") == ".\r\n");
  }
}
