#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "dialect/chat_view.h"
#include "json/scan.h"

namespace penstock::dialect {

// Reads typed members of one scanned object of a request and keeps the first error; null counts as
// absent. Errors are InvalidRequest with `param` in dots: missing_field, invalid_type,
// invalid_value.
class FieldReader {
 public:
  // `prefix` is put before the names in errors: "stream_options.".
  FieldReader(const json::ObjectIndex& object, std::string prefix)
      : object_(object), prefix_(std::move(prefix)) {}

  const json::Member* find(std::string_view key) const;
  const json::Member* find(std::string_view key, json::Kind kind);
  std::string string(std::string_view key, size_t max_bytes);
  std::optional<int64_t> integer(std::string_view key, int64_t min, int64_t max);
  bool boolean(std::string_view key);

  void failMissing(std::string_view key);
  void failType(std::string_view key, std::string_view expected, json::Kind found);
  void fail(std::string_view key, std::string_view rule);  // "must not be empty"

  std::optional<ApiError>& error() { return error_; }

 private:
  std::string path(std::string_view key) const { return prefix_ + std::string(key); }
  void put(const char* code, std::string message, std::string_view key);

  const json::ObjectIndex& object_;
  std::string prefix_;
  std::optional<ApiError> error_;
};

// Reads a nested object with `read`; its first error is the outer reader's.
template <typename Read>
void readNested(FieldReader& fields, std::string_view key, Read read) {
  const json::Member* member = fields.find(key, json::Kind::Object);
  if (member == nullptr) return;
  json::ObjectIndex index;
  if (auto status = json::scanObject(member->value, index, {}, key); !status) {
    if (!fields.error()) fields.error() = std::move(status).error();
    return;
  }
  FieldReader nested(index, std::string(key) + ".");
  read(nested, index);
  if (nested.error() && !fields.error()) fields.error() = std::move(nested.error());
}

// What the chat dialects have in common.
void readModel(FieldReader& fields, ChatView& view);
void readMessages(FieldReader& fields, ChatView& view);
// Takes the larger of several.
void readOutputLimit(FieldReader& fields, std::string_view key, ChatView& view);
// mlx:tags, mlx:end_user, mlx:trace, mlx:cache.
void readExtensions(FieldReader& fields, ChatView& view);

// A text of the dialect's own that we only borrow, at most 256 bytes of it: where it is odd, the
// provider says so.
std::string borrowedText(const json::ObjectIndex& object, std::string_view key);
bool holdsElements(const json::ObjectIndex& object, std::string_view key);

// Whether "tools" holds one of the words, or an ASCII letter that is written as an escape, which no
// serializer does and which may hide one.
bool toolsName(const json::ObjectIndex& body, std::initializer_list<std::string_view> words);

}  // namespace penstock::dialect
