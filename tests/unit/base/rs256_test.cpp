#include "base/rs256.h"

#include <doctest/doctest.h>

#include "support/rsa_key.h"

using namespace penstock;

TEST_SUITE("base/rs256") {
  TEST_CASE("a signature is one that the public key accepts, for that text only") {
    const test::RsaKey key;
    const auto signature = signRs256(Secret(key.pem()), "head.claims");
    REQUIRE(signature);
    CHECK(signature->size() == 256);
    CHECK(key.accepts("head.claims", *signature));
    CHECK_FALSE(key.accepts("head.other", *signature));
  }

  TEST_CASE("what is no plain RSA key is refused, without asking anybody for a pass phrase") {
    const test::RsaKey key;
    CHECK(isRsaPrivateKey(Secret(key.pem())));
    EVP_PKEY* curve = EVP_EC_gen("P-256");
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(out, curve, nullptr, nullptr, 0, nullptr, nullptr);
    char* bytes = nullptr;
    const auto size = static_cast<size_t>(BIO_get_mem_data(out, &bytes));
    const std::string other_kind(bytes, size);
    BIO_free(out);
    EVP_PKEY_free(curve);
    const std::string cut = key.pem().substr(0, 200);
    for (const std::string& pem :
         {std::string(), std::string("no key"), cut, other_kind, key.pem("pass phrase")}) {
      CHECK_FALSE(isRsaPrivateKey(Secret(pem)));
      CHECK(signRs256(Secret(pem), "x").error().code == "invalid_private_key");
    }
  }
}
