#include "webhook/sign.h"

#include <string>

#include <doctest/doctest.h>

#include "unit/webhook/support.h"

using namespace penstock;
using namespace penstock::webhook;

namespace {

std::string valueOf(const http::Headers& headers, const std::string& name) {
  return std::string(headers.get(name));
}

}  // namespace

TEST_SUITE("webhook/sign") {
  TEST_CASE("the signature is the lower-case hex HMAC-SHA256 of the body") {
    // RFC 4231, test case 2.
    CHECK(signature(Secret("Jefe"), "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    for (const std::string& body : {std::string(), std::string("a\0\xff", 3), std::string(1, '\n')})
      CHECK(test::isSignedWith("whsec_x", body, signature(Secret("whsec_x"), body)));
  }

  TEST_CASE("new secrets are long, random and marked as what they are") {
    const Secret one = newSigningSecret(), other = newSigningSecret();
    CHECK(one.reveal().starts_with("whsec_"));
    CHECK(one.reveal().size() == 46);
    CHECK_FALSE(one == other);
  }

  TEST_CASE("the secret before a rotation signs until its time is over") {
    model::WebhookEndpoint endpoint;
    endpoint.secret = Secret("whsec_new");
    model::WebhookDelivery delivery;
    delivery.id = "whd_1";
    delivery.event_type = "api_key.revoked";
    auto headers = signedHeaders(endpoint, delivery, "body", 100);
    CHECK(valueOf(headers, "Content-Type") == "application/json");
    CHECK(valueOf(headers, "X-Modelux-Event") == "api_key.revoked");
    CHECK(valueOf(headers, "X-Modelux-Delivery") == "whd_1");
    CHECK(test::isSignedWith("whsec_new", "body", valueOf(headers, "X-Modelux-Signature")));
    CHECK(valueOf(headers, "X-Modelux-Signature-Previous").empty());
    endpoint.previous_secret = Secret("whsec_old");
    endpoint.previous_expires_at = 101;
    headers = signedHeaders(endpoint, delivery, "body", 100);
    CHECK(test::isSignedWith("whsec_new", "body", valueOf(headers, "X-Modelux-Signature")));
    CHECK(
        test::isSignedWith("whsec_old", "body", valueOf(headers, "X-Modelux-Signature-Previous")));
    headers = signedHeaders(endpoint, delivery, "body", 101);
    CHECK(valueOf(headers, "X-Modelux-Signature-Previous").empty());
  }
}
