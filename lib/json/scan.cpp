#include "json/scan.h"

#include <fmt/format.h>

#include "json/raw.h"
#include "json/scanner.h"

namespace penstock::json {
namespace {

const char* faultText(Fault fault) {
  switch (fault) {
    case Fault::None: break;
    case Fault::UnexpectedEnd: return "it ends too early";
    case Fault::UnexpectedCharacter: return "unexpected character";
    case Fault::ControlCharacter: return "unescaped control character in a string";
    case Fault::BadEscape: return "unknown escape in a string";
    case Fault::LoneSurrogate: return "escape of half a surrogate pair";
    case Fault::BadUtf8: return "invalid UTF-8";
    case Fault::BadNumber: return "malformed number";
    case Fault::NumberTooLong: return "number with too many digits";
    case Fault::TooDeep: return "nested too deeply";
    case Fault::ByteOrderMark: return "unexpected byte order mark";
    case Fault::NotAnObject: return "not an object";
    case Fault::DuplicateKey: return "key given twice";
    case Fault::TooManyMembers: return "too many members";
  }
  return "invalid";
}

ApiError toError(const Scanner& scanner, std::string_view what) {
  return invalidRequest("invalid_json",
                        fmt::format("{} is not valid JSON: {} at byte {}", what,
                                    faultText(scanner.fault()), scanner.position()));
}

Status checkSize(std::string_view text, const Limits& limits, std::string_view what) {
  if (text.size() <= limits.max_bytes) return Unit{};
  return ApiError{ErrorKind::PayloadTooLarge, "body_too_large",
                  fmt::format("{} is larger than {} bytes", what, limits.max_bytes)};
}

bool skipPrologue(Scanner& scanner, std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) return scanner.fail(Fault::ByteOrderMark);
  scanner.skipSpace();
  return scanner.atEnd() ? scanner.fail(Fault::UnexpectedEnd) : true;
}

bool skipEpilogue(Scanner& scanner) {
  scanner.skipSpace();
  return scanner.atEnd() ? true : scanner.fail(Fault::UnexpectedCharacter);
}

}  // namespace

std::string_view kindName(Kind kind) {
  switch (kind) {
    case Kind::Null: return "null";
    case Kind::Bool: return "a boolean";
    case Kind::Number: return "a number";
    case Kind::String: return "a string";
    case Kind::Array: return "an array";
    case Kind::Object: return "an object";
  }
  return "unknown";
}

const Member* ObjectIndex::look(std::string_view key) const {
  for (const Member& member : members_) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

// Fills an ObjectIndex from a text.
class ObjectScan {
 public:
  ObjectScan(std::string_view text, ObjectIndex& index, const Limits& limits)
      : text_(text), index_(index), limits_(limits), scanner_(text, limits.max_depth) {
    index_.text_ = text;
    index_.members_.clear();
    index_.known_ = 0;
    index_.decoded_keys_.clear();
    index_.close_ = 0;
    if (index_.members_.capacity() == 0) index_.members_.reserve(16);
  }

  const Scanner& scanner() const { return scanner_; }
  std::string_view duplicateKey() const { return duplicate_; }

  bool run() {
    if (!skipPrologue(scanner_, text_)) return false;
    if (scanner_.peek() != '{') {
      return scanner_.skipValue(0) && skipEpilogue(scanner_) && scanner_.fail(Fault::NotAnObject);
    }
    scanner_.advance();
    scanner_.skipSpace();
    if (scanner_.atEnd()) return scanner_.fail(Fault::UnexpectedEnd);
    if (scanner_.peek() != '}' && !readMembers()) return false;
    index_.close_ = scanner_.position();
    scanner_.advance();
    return skipEpilogue(scanner_);
  }

 private:
  // Up to the closing brace.
  bool readMembers() {
    size_t comma = 0;
    while (true) {
      if (!readMember(comma)) return false;
      scanner_.skipSpace();
      if (scanner_.atEnd()) return scanner_.fail(Fault::UnexpectedEnd);
      if (scanner_.peek() == '}') return true;
      if (scanner_.peek() != ',') return scanner_.fail(Fault::UnexpectedCharacter);
      comma = scanner_.position();
      scanner_.advance();
      scanner_.skipSpace();
    }
  }

  bool readMember(size_t comma) {
    Member member;
    member.comma = comma;
    member.begin = scanner_.position();
    bool escaped = false;
    if (!scanner_.skipString(escaped)) return false;
    member.key = text_.substr(member.begin + 1, scanner_.position() - member.begin - 2);
    if (escaped) decodeKey(member);
    if (!admit(member.key)) return false;
    if (!scanner_.expect(':')) return false;
    scanner_.skipSpace();
    const size_t value = scanner_.position();
    if (!scanner_.skipValue(1)) return false;
    member.value = text_.substr(value, scanner_.position() - value);
    member.kind = rawKind(member.value);
    member.nesting = scanner_.nesting();
    index_.members_.push_back(member);
    index_.known_ |= ObjectIndex::bitOf(member.key);
    return true;
  }

  void decodeKey(Member& member) {
    std::string& decoded = index_.decoded_keys_.emplace_front();
    decodeString(member.key, decoded);
    member.key = decoded;
  }

  bool admit(std::string_view key) {
    if (index_.find(key) != nullptr) {
      duplicate_ = key;
      return scanner_.fail(Fault::DuplicateKey);
    }
    if (index_.size() >= limits_.max_members) return scanner_.fail(Fault::TooManyMembers);
    return true;
  }

  std::string_view text_;
  ObjectIndex& index_;
  const Limits& limits_;
  Scanner scanner_;
  std::string_view duplicate_;
};

Status scanObject(std::string_view text, ObjectIndex& index, const Limits& limits,
                  std::string_view what) {
  if (auto size = checkSize(text, limits, what); !size) return size;
  ObjectScan scan(text, index, limits);
  if (scan.run()) return Unit{};
  const Fault fault = scan.scanner().fault();
  if (fault == Fault::NotAnObject) {
    return invalidRequest("invalid_type", fmt::format("{} must be a JSON object", what));
  }
  ApiError error = toError(scan.scanner(), what);
  if (fault == Fault::DuplicateKey) {
    error.param = std::string(scan.duplicateKey().substr(0, 128));
    error.message = fmt::format("{} has the key \"{}\" twice", what, error.param);
  }
  return error;
}

Status validate(std::string_view text, const Limits& limits, std::string_view what) {
  if (auto size = checkSize(text, limits, what); !size) return size;
  Scanner scanner(text, limits.max_depth);
  if (skipPrologue(scanner, text) && scanner.skipValue(0) && skipEpilogue(scanner)) return Unit{};
  return toError(scanner, what);
}

}  // namespace penstock::json
