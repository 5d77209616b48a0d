#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace penstock::storage {

// Seals secrets for the store with AES-256-GCM. Immutable, thread-safe.
//
// record = version (1 byte, 1) · key id (8) · nonce (12, random) · ciphertext · tag (16)
//
// The associated data is version, key id and the record's identity, such as
// "provider:prov_01H…:api_key": a record copied to another row or column does not open. Random
// nonces are good for 2^32 records a key.
class SecretBox {
 public:
  // Each key is 32 bytes. The first seals; all open (the others are there for rotation).
  explicit SecretBox(std::vector<Secret> keys);

  std::string seal(const Secret& plain, std::string_view identity) const;
  // Fails, with a detail for the log, when no key fits or when anything was tampered with.
  Result<Secret> open(std::string_view record, std::string_view identity) const;

  // Whether the record was sealed with the first key; rotation seals the others anew.
  bool isCurrent(std::string_view record) const;
  // Hex of the sealing key's id: first 8 bytes of an HMAC under the key. Not secret.
  std::string keyId() const;

 private:
  struct Key {
    Secret bytes;
    std::string id;
  };
  const Key* findKey(std::string_view record) const;

  // Constant after construction.
  std::vector<Key> keys_;
};

}  // namespace penstock::storage
