#include "declare/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace penstock::declare {
namespace {

using Kind = PlainScalar::Kind;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool allDigits(std::string_view text) { return std::ranges::all_of(text, isDigit); }

template <size_t N>
bool isOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

constexpr std::array<std::string_view, 5> kNull{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> kTrue{"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> kFalse{"false", "False", "FALSE"};
constexpr std::array<std::string_view, 3> kInfinity{".inf", ".Inf", ".INF"};
constexpr std::array<std::string_view, 3> kNan{".nan", ".NaN", ".NAN"};
// YAML 1.1 takes these for booleans.
constexpr std::array<std::string_view, 6> kOldBool{"y", "n", "yes", "no", "on", "off"};

std::string withoutLeadingZeros(std::string_view digits) {
  while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
  return std::string(digits);
}

// 0o17 and 0x1F; nothing also when it does not fit.
std::optional<std::string> basedInt(std::string_view text) {
  const int base = text.starts_with("0o") ? 8 : text.starts_with("0x") ? 16 : 0;
  if (base == 0 || text.size() < 3) return {};
  uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data() + 2, text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return std::to_string(value);
}

// [-+]?[0-9]+ and [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? as JSON.
PlainScalar decimal(std::string_view text) {
  std::string json = text.starts_with('-') ? "-" : "";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e);
  std::string_view exponent = text.substr(e);
  const size_t dot = std::min(mantissa.find('.'), mantissa.size());
  const std::string_view whole = mantissa.substr(0, dot);
  std::string_view fraction = mantissa.substr(dot);
  if (!fraction.empty()) fraction.remove_prefix(1);
  if (!allDigits(whole) || !allDigits(fraction) || whole.size() + fraction.size() == 0) return {};
  json += whole.empty() ? "0" : withoutLeadingZeros(whole);
  if (dot < mantissa.size()) json += "." + (fraction.empty() ? "0" : std::string(fraction));
  if (!exponent.empty()) {
    json += exponent.substr(0, 1);
    exponent.remove_prefix(1);
    if (exponent.starts_with('-') || exponent.starts_with('+')) {
      json += exponent.substr(0, 1);
      exponent.remove_prefix(1);
    }
    if (exponent.empty() || !allDigits(exponent)) return {};
    json += exponent;
  }
  const bool whole_number = dot == mantissa.size() && e == text.size();
  return {whole_number ? Kind::Int : Kind::Float, std::move(json)};
}

bool isNotFinite(std::string_view text) {
  if (isOneOf(text, kNan)) return true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return isOneOf(text, kInfinity);
}

bool isPlainCharacter(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("_-./@+ ").find(c) != std::string_view::npos;
}

}  // namespace

PlainScalar resolvePlain(std::string_view text) {
  if (isOneOf(text, kNull)) return {Kind::Null, "null"};
  if (isOneOf(text, kTrue)) return {Kind::Bool, "true"};
  if (isOneOf(text, kFalse)) return {Kind::Bool, "false"};
  if (isNotFinite(text)) return {Kind::NotFinite, {}};
  if (auto based = basedInt(text)) return {Kind::Int, *std::move(based)};
  return decimal(text);
}

bool isSafePlain(std::string_view text) {
  if (text.empty() || text.size() > 200 || !std::ranges::all_of(text, isPlainCharacter))
    return false;
  // A first letter (or '/') rules out numbers, dates and times of either version.
  const bool starts_well =
      (text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z') || text[0] == '/';
  if (!starts_well || text.back() == ' ') return false;
  return resolvePlain(text).kind == Kind::String && !isOneOf(asciiLower(text), kOldBool);
}

}  // namespace penstock::declare
