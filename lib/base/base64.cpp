#include "base/base64.h"

#include <array>
#include <cstdint>

namespace penstock {
namespace {

constexpr uint8_t kNone = 255;

// The characters of an encoding, and what each is worth.
struct Alphabet {
  constexpr explicit Alphabet(std::string_view of) : characters(of) {
    for (uint8_t& value : values) value = kNone;
    for (size_t i = 0; i < of.size(); ++i) {
      values[static_cast<unsigned char>(of[i])] = static_cast<uint8_t>(i);
    }
  }
  std::string_view characters;
  std::array<uint8_t, 256> values{};
};

constexpr Alphabet kStandard("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
constexpr Alphabet kUrl("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

std::string encode(std::string_view bytes, const Alphabet& alphabet) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) {
      out.push_back(alphabet.characters[bits >> (held - 6) & 63U]);
    }
  }
  if (held > 0) out.push_back(alphabet.characters[bits << (6 - held) & 63U]);
  return out;
}

std::optional<std::string> decode(std::string_view text, const Alphabet& alphabet) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const uint8_t value = alphabet.values[static_cast<unsigned char>(c)];
    if (value == kNone) return std::nullopt;
    bits = bits << 6 | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>(bits >> held & 255U));
  }
  return out;
}

}  // namespace

std::string encodeBase64(std::string_view bytes) {
  std::string text = encode(bytes, kStandard);
  while (text.size() % 4 != 0) text.push_back('=');
  return text;
}

std::optional<std::string> decodeBase64(std::string_view text) {
  if (text.size() % 4 == 0 && text.ends_with('=')) text.remove_suffix(text.ends_with("==") ? 2 : 1);
  return decode(text, kStandard);
}

std::string base64Url(std::string_view bytes) { return encode(bytes, kUrl); }

std::optional<std::string> fromBase64Url(std::string_view text) { return decode(text, kUrl); }

}  // namespace penstock
