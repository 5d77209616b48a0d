#include "storage/secret_box.h"

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "base/digest.h"
#include "base/random.h"

namespace penstock::storage {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr char kVersion = 1;
constexpr size_t kIdBytes = 8;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kHeadBytes = 1 + kIdBytes;
constexpr size_t kPrefixBytes = kHeadBytes + kNonceBytes;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Context newContext() {
  Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  if (!context) throw std::bad_alloc();
  return context;
}

const unsigned char* bytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytesOf(char* text) { return reinterpret_cast<unsigned char*>(text); }

void require(int result, const char* what) {
  if (result != 1) throw std::runtime_error(std::string("AES-256-GCM: ") + what);
}

std::string idOf(std::string_view key) {
  const Sha256 mac = hmacSha256(key, "penstock master key id");
  return {reinterpret_cast<const char*>(mac.data()), kIdBytes};
}

}  // namespace

SecretBox::SecretBox(std::vector<Secret> keys) {
  for (Secret& key : keys) {
    if (key.reveal().size() != kKeyBytes) throw std::logic_error("a master key has 32 bytes");
    std::string id = idOf(key.reveal());
    keys_.push_back({std::move(key), std::move(id)});
  }
  if (keys_.empty()) throw std::logic_error("a secret box without a key");
}

std::string SecretBox::seal(const Secret& plain, std::string_view identity) const {
  const std::string_view text = plain.reveal();
  std::string record = kVersion + keys_.front().id;
  const std::string associated = record + std::string(identity);
  record.resize(kPrefixBytes + text.size() + kTagBytes);
  randomBytes(record.data() + kHeadBytes, kNonceBytes);

  const Context context = newContext();
  require(
      EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), bytesOf(keys_.front().bytes.reveal()),
                          bytesOf(record.data() + kHeadBytes), nullptr),
      "init");
  int size = 0;
  require(EVP_EncryptUpdate(context.get(), nullptr, &size, bytesOf(std::string_view(associated)),
                            static_cast<int>(associated.size())),
          "associated data");
  char* out = record.data() + kPrefixBytes;
  require(EVP_EncryptUpdate(context.get(), bytesOf(out), &size, bytesOf(text),
                            static_cast<int>(text.size())),
          "encrypt");
  require(EVP_EncryptFinal_ex(context.get(), bytesOf(out + size), &size), "final");
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out + text.size()),
          "tag");
  return record;
}

Result<Secret> SecretBox::open(std::string_view record, std::string_view identity) const {
  if (record.size() < kPrefixBytes + kTagBytes || record[0] != kVersion) {
    return internalError("a sealed secret has an unknown form");
  }
  const Key* key = findKey(record);
  if (key == nullptr) return internalError("a secret was sealed under another master key");

  const std::string associated = std::string(record.substr(0, kHeadBytes)) + std::string(identity);
  const std::string_view cipher =
      record.substr(kPrefixBytes, record.size() - kPrefixBytes - kTagBytes);
  std::string tag(record.substr(record.size() - kTagBytes));
  std::string plain(cipher.size(), '\0');
  const Context context = newContext();
  int size = 0;
  require(EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), bytesOf(key->bytes.reveal()),
                              bytesOf(record.substr(kHeadBytes)), nullptr),
          "init");
  require(EVP_DecryptUpdate(context.get(), nullptr, &size, bytesOf(std::string_view(associated)),
                            static_cast<int>(associated.size())),
          "associated data");
  require(EVP_DecryptUpdate(context.get(), bytesOf(plain.data()), &size, bytesOf(cipher),
                            static_cast<int>(cipher.size())),
          "decrypt");
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()), "tag");
  Secret secret(std::move(plain));
  if (EVP_DecryptFinal_ex(context.get(), bytesOf(tag.data()), &size) != 1) {
    return internalError("a sealed secret was changed or moved");
  }
  return secret;
}

bool SecretBox::isCurrent(std::string_view record) const {
  return record.size() >= kHeadBytes && findKey(record) == &keys_.front();
}

std::string SecretBox::keyId() const {
  return hex(bytesOf(std::string_view(keys_.front().id)), kIdBytes);
}

const SecretBox::Key* SecretBox::findKey(std::string_view record) const {
  for (const Key& key : keys_) {
    if (record.substr(1, kIdBytes) == key.id) return &key;
  }
  return nullptr;
}

}  // namespace penstock::storage
