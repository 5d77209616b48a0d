#pragma once

#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/kind.h"

namespace penstock::json {

// One member of a scanned object. Views point into the scanned text (`key` into the ObjectIndex
// when it was written with escapes). Offsets are into ObjectIndex::text().
struct Member {
  std::string_view key;    // decoded: "mod\u0065l" is model
  std::string_view value;  // raw JSON without surrounding space
  Kind kind = Kind::Null;  // of the value
  // Containers within each other in the value, itself included; empty ones do not count.
  uint32_t nesting = 0;
  size_t begin = 0;  // of the key's opening quote
  size_t comma = 0;  // offset of the comma before this member; 0 for the first
};

// The members of one JSON object, in order. Reusable: scanObject() clears it and keeps its memory.
// Valid as long as the scanned text. Movable, not copyable (decoded keys live in it).
class ObjectIndex {
 public:
  ObjectIndex() = default;
  ObjectIndex(ObjectIndex&&) noexcept = default;
  ObjectIndex& operator=(ObjectIndex&&) noexcept = default;

  std::string_view text() const { return text_; }
  // The member of that (decoded) key, or null. Keys are unique. Asking for what is not there is
  // cheap: most keys are told by their length and first character.
  const Member* find(std::string_view key) const {
    return (known_ & bitOf(key)) == 0 ? nullptr : look(key);
  }
  const Member& operator[](size_t i) const { return members_[i]; }
  size_t size() const { return members_.size(); }
  bool empty() const { return members_.empty(); }
  auto begin() const { return members_.begin(); }
  auto end() const { return members_.end(); }
  // Offset of the closing brace.
  size_t close() const { return close_; }

 private:
  friend class ObjectScan;
  static uint64_t bitOf(std::string_view key) {
    const size_t first = key.empty() ? 0 : static_cast<unsigned char>(key.front());
    return uint64_t{1} << ((5 * key.size() + first) & 63);
  }
  const Member* look(std::string_view key) const;

  std::string_view text_;
  uint64_t known_ = 0;  // bits of the keys
  std::vector<Member> members_;
  std::forward_list<std::string> decoded_keys_;
  size_t close_ = 0;
};

// Validates a whole text (RFC 8259, UTF-8, limits) in one pass and indexes the members of its
// top-level object. What is accepted here is safe to slice, splice and forward: every parser reads
// it the same way. Refused beyond the grammar: duplicate keys of the indexed object (parsers
// disagree on which one counts), escapes of lone surrogates (they have no UTF-8 form), a byte order
// mark, and whatever exceeds Limits. Nested objects may repeat keys; json::parse() refuses that.
// The cost is about 0.4 µs a KB; nothing is allocated but the index.
//
// Errors: InvalidRequest/"invalid_json", the message naming the fault and its byte offset;
// PayloadTooLarge/"body_too_large" past max_bytes; InvalidRequest/"invalid_type" when the text is
// valid but not an object. `what` names the text in messages, e.g. "the request body".
Status scanObject(std::string_view text, ObjectIndex& index, const Limits& limits = {},
                  std::string_view what = "the body");

// The same validation for a text whose top level may be any value.
Status validate(std::string_view text, const Limits& limits = {},
                std::string_view what = "the body");

// Whether bytes are text that a JSON string holds as it is: UTF-8 without NUL.
bool isText(std::string_view bytes);

}  // namespace penstock::json
