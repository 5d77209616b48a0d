#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>
#include <string_view>

namespace penstock::test {

// An RSA key pair made for the test.
class RsaKey {
 public:
  RsaKey() : key_(EVP_RSA_gen(2048), EVP_PKEY_free) {}

  // PKCS #8, as Google's key files have it; encrypted when there is a pass phrase.
  std::string pem(const std::string& pass_phrase = {}) const {
    BIO* out = BIO_new(BIO_s_mem());
    std::string phrase = pass_phrase;
    PEM_write_bio_PrivateKey(out, key_.get(), phrase.empty() ? nullptr : EVP_aes_256_cbc(),
                             reinterpret_cast<unsigned char*>(phrase.data()),
                             static_cast<int>(phrase.size()), nullptr, nullptr);
    char* bytes = nullptr;
    const auto size = static_cast<size_t>(BIO_get_mem_data(out, &bytes));
    std::string text(bytes, size);
    BIO_free(out);
    return text;
  }

  // Whether the public half accepts an RS256 signature.
  bool accepts(std::string_view text, std::string_view signature) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const bool good =
        EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                         signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                         text.size()) == 1;
    EVP_MD_CTX_free(context);
    return good;
  }

 private:
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
};

}  // namespace penstock::test
