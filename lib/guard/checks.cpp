#include "guard/checks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "base/ip_range.h"
#include "base/text.h"

namespace penstock::guard {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isLetter(char c) { return isUpper(c) || (c >= 'a' && c <= 'z'); }

char before(std::string_view text, size_t begin) { return begin == 0 ? ' ' : text[begin - 1]; }
char after(std::string_view text, size_t end) { return end == text.size() ? ' ' : text[end]; }

std::string digitsOf(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), isDigit);
  return digits;
}

bool allSame(std::string_view text) {
  return text.find_first_not_of(text.substr(0, 1)) == std::string_view::npos;
}

bool passesLuhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
    const int value = (*digit - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

// What card networks issue: the first digits and how many there are.
struct CardRange {
  int first, last;  // of the first four digits
  size_t min, max;
};
constexpr CardRange kCards[] = {
    {3000, 3059, 14, 19}, {3400, 3499, 15, 15}, {3528, 3589, 16, 19}, {3600, 3699, 14, 19},
    {3700, 3799, 15, 15}, {3800, 3999, 14, 19}, {4000, 4999, 13, 19}, {5100, 5599, 16, 16},
    {2200, 2204, 16, 19}, {2221, 2720, 16, 16}, {6011, 6011, 16, 19}, {6200, 6299, 16, 19},
    {6440, 6599, 16, 19},
};

// ISO 13616: how long an IBAN of a country is.
struct IbanLength {
  std::string_view country;
  size_t length;
};
constexpr IbanLength kIbans[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22},
    {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FO", 18}, {"FR", 27},
    {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28},
    {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20},
    {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27},
    {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NL", 18}, {"NO", 15},
    {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"SA", 24},
    {"SC", 31}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"ST", 25}, {"SV", 28}, {"TL", 23},
    {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20},
};

// ISO 7064: the first four characters to the end, letters as 10 to 35, modulo 97.
bool passesMod97(std::string_view iban) {
  int rest = 0;
  const auto add = [&rest](char c) {
    const int value = isDigit(c) ? c - '0' : c - 'A' + 10;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  };
  for (const char c : iban.substr(4)) add(c);
  for (const char c : iban.substr(0, 4)) add(c);
  return rest == 1;
}

// Shannon's, in bits a character.
double entropy(std::string_view text) {
  std::array<int, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (const int count : counts) {
    if (count == 0) continue;
    const double share = count / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

// What stands where a secret would be.
bool isPlaceholder(std::string_view value) {
  constexpr std::string_view kWords[] = {"example", "placeholder", "changeme", "change_me",
                                         "your",    "xxxx",        "****",     "redacted",
                                         "dummy",   "secret_here", "insert",   "0000000"};
  const std::string lower = asciiLower(value);
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// Names in code have a digit at most (load_secret_v2), passwords then something else beside.
bool isMixed(std::string_view value) {
  const auto digits = std::ranges::count_if(value, isDigit);
  const auto capitals = std::ranges::count_if(value, isUpper);
  const auto letters = std::ranges::count_if(value, isLetter);
  const bool has_mark = std::ranges::any_of(
      value, [](char c) { return !isDigit(c) && !isLetter(c) && c != '_' && c != '.'; });
  if (digits > 1) return letters > 0;
  return digits == 1 && capitals > 0 && letters > capitals && has_mark;
}

bool looksMadeByChance(std::string_view value) {
  // 8 different characters have 3 bits; words of that length mostly have fewer.
  constexpr double kMinBits = 2.75;
  return isMixed(value) && entropy(value) >= kMinBits && !isPlaceholder(value);
}

// 31.12.2024 10:00 has as many digits as a phone number.
bool beginsWithDate(std::string_view text) {
  constexpr std::string_view kForm = "00.00.0000";
  if (text.size() < kForm.size()) return false;
  for (size_t i = 0; i < kForm.size(); ++i) {
    if (isDigit(kForm[i]) != isDigit(text[i])) return false;
  }
  const std::string_view century = text.substr(6, 2);
  return century == "19" || century == "20";
}

bool isIpV4(std::string_view literal) {
  const auto address = parseIp(literal);
  if (!address) return false;
  // Nobody's: unspecified, loopback, broadcast.
  return !literal.starts_with("127.") && literal != "0.0.0.0" && literal != "255.255.255.255";
}

// Source code has "a::b" and times "10:20:30", so it must be long and hold a digit.
bool isIpV6(std::string_view literal) {
  constexpr std::ptrdiff_t kMinDigits = 6;
  const auto hex_digits = std::ranges::count_if(literal, [](char c) { return c != ':'; });
  return hex_digits >= kMinDigits && std::ranges::any_of(literal, isDigit) &&
         parseIp(literal).has_value();
}

}  // namespace

bool isEmail(std::string_view text, size_t& begin, size_t& end) {
  const std::string_view found = text.substr(begin, end - begin);
  const size_t at = found.find('@');
  if (at > 64 || found[at - 1] == '.' || found.find("..") != std::string_view::npos) return false;
  // git@host:path is an address of code; logo@2x.png and lib@1.x.js are files.
  if (found.starts_with("git@") && after(text, end) == ':') return false;
  constexpr std::string_view kFiles[] = {"png", "jpg",  "jpeg", "gif", "svg", "webp",
                                         "css", "html", "js",   "ts",  "tsx", "jsx"};
  const std::string top = asciiLower(found.substr(found.rfind('.') + 1));
  return std::ranges::find(kFiles, top) == std::end(kFiles);
}

bool isPhone(std::string_view text, size_t& begin, size_t& end) {
  const std::string_view found = text.substr(begin, end - begin);
  const char left = before(text, begin), right = after(text, end);
  // Part of a longer number, a date, a path or an amount.
  if (isDigit(left) || isLetter(left)) return false;
  if (std::string_view(".-+/_$=#").find(left) != std::string_view::npos) return false;
  if (isDigit(right) || isLetter(right) || right == '_') return false;
  const std::string digits = digitsOf(found);
  if (allSame(digits) || beginsWithDate(found)) return false;
  if (found.starts_with('+')) return digits.size() >= 8 && digits.size() <= 15;
  if (found.starts_with("00")) return digits.size() >= 10 && digits.size() <= 17;
  return digits.size() >= 9 && digits.size() <= 12;
}

bool isPaymentCard(std::string_view text, size_t& begin, size_t& end) {
  const std::string digits = digitsOf(text.substr(begin, end - begin));
  const char left = before(text, begin);
  if (left == '.' || left == '-' || digits.size() < 13 || allSame(digits)) return false;
  const int first = std::stoi(digits.substr(0, 4));
  const bool issued = std::ranges::any_of(kCards, [&](const CardRange& range) {
    return first >= range.first && first <= range.last && digits.size() >= range.min &&
           digits.size() <= range.max;
  });
  return issued && passesLuhn(digits);
}

bool isIban(std::string_view text, size_t& begin, size_t& end) {
  const auto* const country =
      std::ranges::find(kIbans, text.substr(begin, 2), &IbanLength::country);
  if (country == std::end(kIbans)) return false;
  // What follows in capitals may have been taken for more of it.
  std::string iban;
  size_t i = begin;
  for (; i < end && iban.size() < country->length; ++i) {
    if (text[i] != ' ') iban.push_back(text[i]);
  }
  if (iban.size() != country->length) return false;
  if (i < end && text[i] != ' ') return false;
  end = i;
  return passesMod97(iban);
}

bool isSsn(std::string_view text, size_t& begin, size_t& end) {
  const std::string digits = digitsOf(text.substr(begin, end - begin));
  const char left = before(text, begin), right = after(text, end);
  if (left == '-' || left == '.' || left == '+' || right == '-') return false;
  const std::string area = digits.substr(0, 3);
  return area != "000" && area != "666" && area[0] != '9' && digits.substr(3, 2) != "00" &&
         digits.substr(5) != "0000";
}

bool isIpAddress(std::string_view text, size_t& begin, size_t& end) {
  const std::string_view found = text.substr(begin, end - begin);
  const char left = before(text, begin), right = after(text, end);
  if (left == '.' || left == ':' || left == '-') return false;
  if (found.find(':') == std::string_view::npos) return right != '-' && isIpV4(found);
  return right != ':' && isIpV6(found);
}

bool isCredential(std::string_view text, size_t& begin, size_t& end) {
  // The value is the last run without what separates it from its name.
  const std::string_view found = text.substr(begin, end - begin);
  const size_t separator = found.find_last_of("=: \t\"'`>", found.find_last_not_of('='));
  const std::string_view value = found.substr(separator + 1);
  const char right = after(text, end);
  // A call, an index, an interpolation or a path of members: code, no secret.
  if (right == '(' || right == '[' || right == '{') return false;
  if (!looksMadeByChance(value)) return false;
  begin += separator + 1;
  return true;
}

bool isRandom(std::string_view text, size_t& begin, size_t& end) {
  return looksMadeByChance(text.substr(begin, end - begin));
}

}  // namespace penstock::guard
