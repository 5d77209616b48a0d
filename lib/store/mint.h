#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/secret.h"

namespace penstock::store {

constexpr std::string_view kProjectKeyPrefix = "mlx_sk_";
constexpr std::string_view kManagementKeyPrefix = "mlx_mk_";

// A fresh key: the plaintext, to be shown once, and what the store keeps of it.
struct MintedKey {
  Secret plaintext;
  Sha256 hash{};
  std::string prefix;  // the prefix and the first four random characters, for lists
  std::string last_four;
};

// The prefix and 40 random characters (238 bits).
MintedKey mintKey(std::string_view prefix);

}  // namespace penstock::store
