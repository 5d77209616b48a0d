#include "json/writer.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "json/plain.h"

namespace penstock::json {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void appendControl(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out.push_back(kHex[byte >> 4]);
  out.push_back(kHex[byte & 15]);
}

bool isContinuation(std::string_view text, size_t i) {
  return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
}

// Length of the well-formed UTF-8 sequence at text[i], or 0.
size_t sequenceLength(std::string_view text, size_t i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  if (!isContinuation(text, i + 1)) return 0;
  const auto second = static_cast<unsigned char>(text[i + 1]);
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (!isContinuation(text, i + 2)) return 0;
  if (lead == 0xE0) return second >= 0xA0 ? 3 : 0;
  if (lead == 0xED) return second <= 0x9F ? 3 : 0;
  if (lead >= 0xE1 && lead <= 0xEF) return 3;
  if (!isContinuation(text, i + 3)) return 0;
  if (lead == 0xF0) return second >= 0x90 ? 4 : 0;
  if (lead == 0xF4) return second <= 0x8F ? 4 : 0;
  return lead >= 0xF1 && lead <= 0xF3 ? 4 : 0;
}

// Length of the run of plain bytes that the text begins with.
size_t plainRun(std::string_view text) {
  return static_cast<size_t>(skipPlain(text.data(), text.data() + text.size()) - text.data());
}

}  // namespace

void appendString(std::string& out, std::string_view text) {
  out.push_back('"');
  size_t i = 0;
  while (i < text.size()) {
    const size_t run = plainRun(text.substr(i));
    out.append(text.substr(i, run));
    i += run;
    if (i == text.size()) break;
    if (static_cast<signed char>(text[i]) >= 0) {
      appendControl(out, text[i++]);
    } else if (const size_t length = sequenceLength(text, i); length != 0) {
      out.append(text.substr(i, length));
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  out.push_back('"');
}

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  appendString(out, text);
  return out;
}

Writer& Writer::key(std::string_view name) {
  string(name, ":");
  comma_ = false;
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

Writer& Writer::value(std::string_view text) {
  string(text, "");
  return *this;
}

// A string with its comma before and what stands behind it. Most are short and plain: they are put
// together first, so that the text grows once.
void Writer::string(std::string_view text, std::string_view behind) {
  constexpr size_t kShort = 64;
  if (text.size() > kShort || plainRun(text) != text.size()) {
    separate();
    appendString(out_, text);
    out_.append(behind);
    return;
  }
  char buffer[kShort + 4];
  char* end = buffer;
  if (comma_) *end++ = ',';
  *end++ = '"';
  if (!text.empty()) std::memcpy(end, text.data(), text.size());
  end += text.size();
  *end++ = '"';
  if (!behind.empty()) *end++ = behind.front();
  out_.append(buffer, static_cast<size_t>(end - buffer));
  comma_ = true;
}

Writer& Writer::decimal(int64_t number, int places) {
  char buffer[32];
  char* const end = buffer + sizeof buffer;
  char* at = end;
  bool significant = false;  // trailing zeros are left out
  const bool negative = number < 0;
  uint64_t rest = negative ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  for (int place = 0; place < places; ++place, rest /= 10) {
    const auto digit = static_cast<char>('0' + rest % 10);
    significant = significant || digit != '0';
    if (significant) *--at = digit;
  }
  if (significant) *--at = '.';
  do *--at = static_cast<char>('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (negative) *--at = '-';
  return raw({at, static_cast<size_t>(end - at)});
}

Writer& Writer::value(double number) {
  if (!std::isfinite(number)) return null();
  // "-0" is a whole number to readers, which has no sign then.
  if (number == 0 && std::signbit(number)) return raw("-0.0");
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return raw({buffer, static_cast<size_t>(end - buffer)});
}

Writer& Writer::value(Money amount) { return decimal(amount.nanos, 9); }

Writer& Writer::open(char bracket) {
  separate();
  out_.push_back(bracket);
  comma_ = false;
  return *this;
}

Writer& Writer::close(char bracket) {
  out_.push_back(bracket);
  comma_ = true;
  return *this;
}

// With its comma before it, so that the text grows once.
template <typename Integer>
Writer& Writer::whole(Integer number) {
  char buffer[24];
  char* digits = buffer;
  if (comma_) *digits++ = ',';
  const char* const end = std::to_chars(digits, buffer + sizeof buffer, number).ptr;
  out_.append(buffer, static_cast<size_t>(end - buffer));
  comma_ = true;
  return *this;
}

Writer& Writer::signedNumber(int64_t number) { return whole(number); }

Writer& Writer::unsignedNumber(uint64_t number) { return whole(number); }

// A comma before everything that follows something on the same level.
void Writer::separate() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

}  // namespace penstock::json
