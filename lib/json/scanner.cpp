#include "json/scanner.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "json/plain.h"
#include "json/scan.h"

namespace penstock::json {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Length of the UTF-8 sequence at p, or 0 when it is malformed (overlong, surrogate, too large).
size_t utf8Length(const char* p, const char* end) {
  const auto lead = static_cast<unsigned char>(*p);
  const size_t left = static_cast<size_t>(end - p);
  if (lead >= 0xC2 && lead <= 0xDF) return left >= 2 && isContinuation(p[1]) ? 2 : 0;
  if (left < 3 || !isContinuation(p[1]) || !isContinuation(p[2])) return 0;
  const auto second = static_cast<unsigned char>(p[1]);
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool good = (lead != 0xE0 || second >= 0xA0) && (lead != 0xED || second <= 0x9F);
    return good ? 3 : 0;
  }
  if (lead < 0xF0 || lead > 0xF4 || left < 4 || !isContinuation(p[3])) return 0;
  const bool good = (lead != 0xF0 || second >= 0x90) && (lead != 0xF4 || second <= 0x8F);
  return good ? 4 : 0;
}

}  // namespace

bool Scanner::expect(char c) {
  skipSpace();
  if (p_ == end_) return fail(Fault::UnexpectedEnd);
  if (*p_ != c) return fail(Fault::UnexpectedCharacter);
  ++p_;
  return true;
}

bool Scanner::skipValue(uint32_t depth) {
  const uint32_t base = depth;
  nesting_ = 0;
  while (true) {
    if (p_ == end_) return fail(Fault::UnexpectedEnd);
    bool entered = false;
    if (*p_ == '{' || *p_ == '[') {
      if (!openContainer(depth, entered)) return false;
      nesting_ = std::max(nesting_, depth - base);
      if (entered) continue;
    } else if (!skipScalar()) {
      return false;
    }
    if (depth == base) return true;
    if (!afterValue(depth, base)) return false;
    if (depth == base) return true;
  }
}

// Stands at a bracket. `entered` when a first element follows, at which it then stands.
bool Scanner::openContainer(uint32_t& depth, bool& entered) {
  if (depth >= max_depth_) return fail(Fault::TooDeep);
  const bool object = *p_ == '{';
  ++p_;
  skipSpace();
  if (p_ == end_) return fail(Fault::UnexpectedEnd);
  if (*p_ == (object ? '}' : ']')) {
    ++p_;
    return true;
  }
  entered = true;
  ++depth;
  objects_ = objects_ << 1 | (object ? 1 : 0);
  return object ? skipKeyAndColon() : true;
}

// After a value inside a container: to the next value, or out of as many containers as end here.
bool Scanner::afterValue(uint32_t& depth, uint32_t base) {
  while (depth > base) {
    skipSpace();
    if (p_ == end_) return fail(Fault::UnexpectedEnd);
    const bool object = (objects_ & 1) != 0;
    if (*p_ == ',') {
      ++p_;
      skipSpace();
      return object ? skipKeyAndColon() : true;
    }
    if (*p_ != (object ? '}' : ']')) return fail(Fault::UnexpectedCharacter);
    ++p_;
    --depth;
    objects_ >>= 1;
  }
  return true;
}

bool Scanner::skipKeyAndColon() {
  bool escaped = false;
  if (!skipString(escaped) || !expect(':')) return false;
  skipSpace();
  return true;
}

bool Scanner::skipScalar() {
  switch (*p_) {
    case '"': {
      bool escaped = false;
      return skipString(escaped);
    }
    case 't': return skipLiteral("true");
    case 'f': return skipLiteral("false");
    case 'n': return skipLiteral("null");
    default: break;
  }
  if (*p_ == '-' || isDigit(*p_)) return skipNumber();
  return fail(Fault::UnexpectedCharacter);
}

bool Scanner::skipLiteral(std::string_view word) {
  for (const char c : word) {
    if (p_ == end_) return fail(Fault::UnexpectedEnd);
    if (*p_ != c) return fail(Fault::UnexpectedCharacter);
    ++p_;
  }
  return true;
}

bool Scanner::skipDigits() {
  if (p_ == end_) return fail(Fault::UnexpectedEnd);
  if (!isDigit(*p_)) return fail(Fault::BadNumber);
  while (p_ < end_ && isDigit(*p_)) ++p_;
  return true;
}

// A zero whose exponent, the places of its fraction included, is beyond what RapidJSON 1.1.0 takes
// the short way: 0e99. It reads another number out of it, 6.5e296.
bool Scanner::isRemoteZero(std::string_view number) {
  constexpr int kExact = 22;
  if (number.front() == '-') number.remove_prefix(1);
  if (number.front() != '0') return false;
  const size_t mark = std::min(number.find_first_of("eE"), number.size());
  if (number.substr(0, mark).find_first_of("123456789") != std::string_view::npos) return false;
  const int places = mark > 2 ? static_cast<int>(mark) - 2 : 0;
  int written = 0;
  for (const char c : number.substr(mark))
    if (isDigit(c)) written = written * 10 + (c - '0');
  return places + written > kExact;
}

bool Scanner::skipNumber() {
  const char* start = p_;
  if (*p_ == '-') ++p_;
  if (p_ < end_ && *p_ == '0') {
    ++p_;
    if (p_ < end_ && isDigit(*p_)) return fail(Fault::BadNumber);
  } else if (!skipDigits()) {
    return false;
  }
  if (p_ < end_ && *p_ == '.') {
    ++p_;
    if (!skipDigits()) return false;
  }
  if (p_ < end_ && (*p_ == 'e' || *p_ == 'E')) {
    ++p_;
    if (p_ < end_ && (*p_ == '+' || *p_ == '-')) ++p_;
    const char* exponent = p_;
    if (!skipDigits()) return false;
    if (p_ - exponent > static_cast<ptrdiff_t>(kMaxExponentDigits)) {
      return fail(Fault::NumberTooLong);
    }
  }
  if (p_ - start > static_cast<ptrdiff_t>(kMaxNumberChars)) return fail(Fault::NumberTooLong);
  if (isRemoteZero({start, p_})) return fail(Fault::NumberTooLong);
  return true;
}

bool Scanner::skipString(bool& escaped) {
  if (p_ == end_) return fail(Fault::UnexpectedEnd);
  if (*p_ != '"') return fail(Fault::UnexpectedCharacter);
  ++p_;
  while (true) {
    p_ = skipPlain(p_, end_);
    if (p_ == end_) return fail(Fault::UnexpectedEnd);
    if (*p_ == '"') {
      ++p_;
      return true;
    }
    if (*p_ == '\\') {
      escaped = true;
      if (!skipEscape()) return false;
    } else if (!skipUtf8()) {
      return false;
    }
  }
}

bool Scanner::skipEscape() {
  ++p_;
  if (p_ == end_) return fail(Fault::UnexpectedEnd);
  switch (*p_) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': ++p_; return true;
    case 'u': return skipUnicodeEscape();
    default: return fail(Fault::BadEscape);
  }
}

bool Scanner::readHex4(uint32_t& unit) {
  unit = 0;
  for (int i = 0; i < 4; ++i, ++p_) {
    if (p_ == end_) return fail(Fault::UnexpectedEnd);
    const char c = *p_;
    uint32_t digit = 0;
    if (isDigit(c))
      digit = static_cast<uint32_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<uint32_t>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<uint32_t>(c - 'A' + 10);
    else
      return fail(Fault::BadEscape);
    unit = unit * 16 + digit;
  }
  return true;
}

// Stands at the 'u'. Surrogates must come as a pair.
bool Scanner::skipUnicodeEscape() {
  ++p_;
  uint32_t unit = 0;
  if (!readHex4(unit)) return false;
  if (unit < 0xD800 || unit > 0xDFFF) return true;
  if (unit > 0xDBFF) return fail(Fault::LoneSurrogate);
  if (end_ - p_ < 2 && (p_ == end_ || *p_ == '\\')) {
    p_ = end_;
    return fail(Fault::UnexpectedEnd);
  }
  if (p_[0] != '\\' || p_[1] != 'u') return fail(Fault::LoneSurrogate);
  p_ += 2;
  if (!readHex4(unit)) return false;
  if (unit < 0xDC00 || unit > 0xDFFF) return fail(Fault::LoneSurrogate);
  return true;
}

// A run of non-ASCII characters, or a control character, which is a fault.
bool Scanner::skipUtf8() {
  if (static_cast<unsigned char>(*p_) < 0x20) return fail(Fault::ControlCharacter);
  while (p_ < end_ && static_cast<signed char>(*p_) < 0) {
    const size_t length = utf8Length(p_, end_);
    if (length == 0) return fail(Fault::BadUtf8);
    p_ += length;
  }
  return true;
}

bool isText(std::string_view bytes) {
  const char* end = bytes.data() + bytes.size();
  for (const char* p = bytes.data(); p < end;) {
    const bool ascii = static_cast<signed char>(*p) > 0;
    const size_t length = ascii ? 1 : utf8Length(p, end);
    if (length == 0) return false;
    p += length;
  }
  return true;
}

}  // namespace penstock::json
