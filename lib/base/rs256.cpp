#include "base/rs256.h"

#include <memory>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace penstock {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

// Answers no pass phrase instead of asking for one at the terminal.
int noPassPhrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

Key readKey(const Secret& pem) {
  const Bio text(BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size())));
  Key key(PEM_read_bio_PrivateKey(text.get(), nullptr, noPassPhrase, nullptr));
  if (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
  ERR_clear_error();
  return key;
}

ApiError notSigned() {
  ERR_clear_error();
  return {ErrorKind::Unprocessable, "invalid_private_key", "the private key is no RSA key in PEM"};
}

}  // namespace

Result<std::string> signRs256(const Secret& private_key, std::string_view text) {
  const Key key = readKey(private_key);
  if (!key) return notSigned();
  const Context context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    return notSigned();
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes, text.size()) != 1) {
    return notSigned();
  }
  signature.resize(size);
  return signature;
}

bool isRsaPrivateKey(const Secret& private_key) { return readKey(private_key) != nullptr; }

}  // namespace penstock
