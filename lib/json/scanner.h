#pragma once

#include <cstdint>
#include <string_view>

#include "json/kind.h"

namespace penstock::json {

// What is wrong with a text; faultText() in scan.cpp says it to people.
enum class Fault : uint8_t {
  None,
  UnexpectedEnd,
  UnexpectedCharacter,
  ControlCharacter,
  BadEscape,
  LoneSurrogate,
  BadUtf8,
  BadNumber,
  NumberTooLong,
  TooDeep,
  ByteOrderMark,
  NotAnObject,
  DuplicateKey,
  TooManyMembers,
};

// Internal to json/: the validating cursor under scanObject() and validate(). Walks values without
// recursion; containers are one bit each on a 64-bit stack. On a fault every method answers false
// and position() is where it was seen.
class Scanner {
 public:
  Scanner(std::string_view text, uint32_t max_depth)
      : begin_(text.data()),
        p_(begin_),
        end_(begin_ + text.size()),
        max_depth_(max_depth < 64 ? max_depth : 64) {}

  size_t position() const { return static_cast<size_t>(p_ - begin_); }
  bool atEnd() const { return p_ == end_; }
  char peek() const { return *p_; }  // not at the end
  void advance() { ++p_; }
  Fault fault() const { return fault_; }
  bool fail(Fault fault) {
    fault_ = fault;
    return false;
  }

  void skipSpace() {
    while (p_ < end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) ++p_;
  }
  // Skips space, then the given punctuation.
  bool expect(char c);
  // One value, whole, standing at its first character; `depth` containers are already open.
  bool skipValue(uint32_t depth);
  // How many containers with something in them the last value had open at once.
  uint32_t nesting() const { return nesting_; }
  // A string with its quotes. `escaped` tells whether it holds a backslash.
  bool skipString(bool& escaped);

 private:
  bool skipScalar();
  bool skipLiteral(std::string_view word);
  bool skipNumber();
  static bool isRemoteZero(std::string_view number);
  bool skipDigits();
  bool skipEscape();
  bool skipUnicodeEscape();
  bool skipUtf8();
  bool readHex4(uint32_t& unit);
  bool skipKeyAndColon();
  bool openContainer(uint32_t& depth, bool& entered);
  bool afterValue(uint32_t& depth, uint32_t base);

  const char* begin_;
  const char* p_;
  const char* end_;
  uint64_t objects_ = 0;  // one bit a level, 1 for an object; the innermost is the lowest
  uint32_t max_depth_;
  uint32_t nesting_ = 0;
  Fault fault_ = Fault::None;
};

// Appends the text between the quotes of a valid JSON string, escapes resolved.
void decodeString(std::string_view body, std::string& out);

}  // namespace penstock::json
