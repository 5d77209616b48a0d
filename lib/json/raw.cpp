#include "json/raw.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "json/scanner.h"

namespace penstock::json {
namespace {

uint32_t hex4(std::string_view digits) {
  uint32_t unit = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
  return unit;
}

void appendUtf8(uint32_t c, std::string& out) {
  const auto byte = [&out](uint32_t b) { out.push_back(static_cast<char>(b)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

// The escape at body[i] == '\\'; answers the offset after it.
size_t decodeEscape(std::string_view body, size_t i, std::string& out) {
  switch (body[i + 1]) {
    case 'b': out.push_back('\b'); return i + 2;
    case 'f': out.push_back('\f'); return i + 2;
    case 'n': out.push_back('\n'); return i + 2;
    case 'r': out.push_back('\r'); return i + 2;
    case 't': out.push_back('\t'); return i + 2;
    case 'u': break;
    default: out.push_back(body[i + 1]); return i + 2;
  }
  uint32_t c = hex4(body.substr(i + 2, 4));
  i += 6;
  if (c >= 0xD800 && c <= 0xDBFF && i + 6 <= body.size()) {
    c = 0x10000 + ((c - 0xD800) << 10) + (hex4(body.substr(i + 2, 4)) - 0xDC00);
    i += 6;
  }
  appendUtf8(c, out);
  return i;
}

std::optional<std::string_view> stringBody(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return std::nullopt;
  return raw.substr(1, raw.size() - 2);
}

}  // namespace

void decodeString(std::string_view body, std::string& out) {
  size_t i = 0;
  while (i < body.size()) {
    const size_t escape = std::min(body.find('\\', i), body.size());
    out.append(body.substr(i, escape - i));
    i = escape;
    if (i + 1 < body.size())
      i = decodeEscape(body, i, out);
    else
      break;
  }
}

Kind rawKind(std::string_view raw) {
  if (raw.empty()) return Kind::Null;
  switch (raw.front()) {
    case '"': return Kind::String;
    case '{': return Kind::Object;
    case '[': return Kind::Array;
    case 't':
    case 'f': return Kind::Bool;
    case 'n': return Kind::Null;
    default: return Kind::Number;
  }
}

std::optional<std::string> rawString(std::string_view raw) {
  const auto body = stringBody(raw);
  if (!body) return std::nullopt;
  std::string out;
  out.reserve(body->size());
  decodeString(*body, out);
  return out;
}

std::optional<std::string_view> rawPlainString(std::string_view raw) {
  const auto body = stringBody(raw);
  if (!body || body->find('\\') != std::string_view::npos) return std::nullopt;
  return body;
}

std::optional<int64_t> rawInteger(std::string_view raw) {
  int64_t whole = 0;
  const char* end = raw.data() + raw.size();
  const auto [stop, error] = std::from_chars(raw.data(), end, whole);
  if (error == std::errc() && stop == end) return whole;
  const auto number = rawDouble(raw);
  // Beyond 2^53 a double no longer tells which integer was meant.
  if (!number || std::trunc(*number) != *number || std::fabs(*number) > 9007199254740992.0) {
    return std::nullopt;
  }
  return static_cast<int64_t>(*number);
}

std::optional<double> rawDouble(std::string_view raw) {
  if (rawKind(raw) != Kind::Number) return std::nullopt;
  double number = 0;
  const char* end = raw.data() + raw.size();
  const auto [stop, error] = std::from_chars(raw.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<bool> rawBool(std::string_view raw) {
  if (raw == "true") return true;
  if (raw == "false") return false;
  return std::nullopt;
}

bool rawEmpty(std::string_view raw) {
  if (raw.empty() || (raw.front() != '[' && raw.front() != '{')) return false;
  const size_t first = raw.find_first_not_of(" \t\r\n", 1);
  return first != std::string_view::npos && (raw[first] == ']' || raw[first] == '}');
}

void forEachElement(std::string_view raw, const std::function<bool(std::string_view)>& each) {
  if (raw.empty() || raw.front() != '[' || rawEmpty(raw)) return;
  Scanner scanner(raw, Limits{}.max_depth);
  do {
    scanner.advance();  // the bracket or a comma
    scanner.skipSpace();
    const size_t begin = scanner.position();
    if (!scanner.skipValue(1)) return;
    if (!each(raw.substr(begin, scanner.position() - begin))) return;
    scanner.skipSpace();
  } while (!scanner.atEnd() && scanner.peek() == ',');
}

void forEachMember(std::string_view raw,
                   const std::function<bool(std::string_view key, std::string_view value)>& each) {
  if (raw.empty() || raw.front() != '{' || rawEmpty(raw)) return;
  Scanner scanner(raw, Limits{}.max_depth);
  std::string decoded;
  do {
    scanner.advance();  // the brace or a comma
    scanner.skipSpace();
    const size_t key_begin = scanner.position() + 1;
    bool escaped = false;
    if (!scanner.skipString(escaped)) return;
    std::string_view key = raw.substr(key_begin, scanner.position() - 1 - key_begin);
    if (escaped) {
      decoded.clear();
      decodeString(key, decoded);
      key = decoded;
    }
    if (!scanner.expect(':')) return;
    scanner.skipSpace();
    const size_t begin = scanner.position();
    if (!scanner.skipValue(1)) return;
    if (!each(key, raw.substr(begin, scanner.position() - begin))) return;
    scanner.skipSpace();
  } while (!scanner.atEnd() && scanner.peek() == ',');
}

}  // namespace penstock::json
