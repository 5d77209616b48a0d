#include "base/secret.h"

#include <openssl/crypto.h>

namespace penstock {

// A real move could leave a short string's bytes behind in `other`, hence copy and wipe.
// NOLINTNEXTLINE(performance-move-constructor-init)
Secret::Secret(Secret&& other) noexcept : value_(other.value_) {
  OPENSSL_cleanse(other.value_.data(), other.value_.size());
  other.value_.clear();
}

Secret& Secret::operator=(Secret other) noexcept {
  value_.swap(other.value_);
  return *this;
}

Secret::~Secret() { OPENSSL_cleanse(value_.data(), value_.size()); }

std::string Secret::fingerprint() const {
  constexpr size_t kShown = 4;
  if (value_.size() < 5 * kShown) return "***";
  return value_.substr(0, kShown) + "..." + value_.substr(value_.size() - kShown);
}

bool Secret::operator==(const Secret& other) const {
  return value_.size() == other.value_.size() &&
         CRYPTO_memcmp(value_.data(), other.value_.data(), value_.size()) == 0;
}

}  // namespace penstock
