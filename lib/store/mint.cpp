#include "store/mint.h"

#include "base/random.h"

namespace penstock::store {

MintedKey mintKey(std::string_view prefix) {
  constexpr size_t kRandomCharacters = 40;
  constexpr size_t kShown = 4;
  std::string text = std::string(prefix) + randomToken(kRandomCharacters);
  MintedKey key;
  key.hash = sha256(text);
  key.prefix = text.substr(0, prefix.size() + kShown);
  key.last_four = text.substr(text.size() - kShown);
  key.plaintext = Secret(std::move(text));
  return key;
}

}  // namespace penstock::store
