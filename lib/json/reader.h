#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace penstock::json {

// Line breaks and whatever else is no character that can be seen or is a space.
enum class Controls : uint8_t { Allowed, Refused };

struct StringBounds {
  size_t min = 0;  // in characters (code points)
  size_t max = 1024;
  Controls controls = Controls::Allowed;
};

struct IntRange {
  int64_t min = std::numeric_limits<int64_t>::min();
  int64_t max = std::numeric_limits<int64_t>::max();
};

// The other spelling of a key: "project_id" is also "projectId".
std::string camelCase(std::string_view snake);

// Reads the body of a management request field by field and collects every error instead of
// stopping at the first. Keys are given in snake_case and also found in camelCase. What was not
// asked for by the time of finish() is an unknown field, hence an error.
//
//   json::ObjectReader body(document.root());
//   request.name = body.requireString("name", {.min = 1, .max = 128});
//   if (auto rpm = body.integer("rate_limit_rpm", {.min = 1})) request.rpm = *rpm;
//   if (auto status = body.finish(); !status) return std::move(status).error();
//
// Optional readers answer nothing when the field is absent and also, with an error recorded, when
// it is wrong; require…() records an error when absent and then answers an empty value. null counts
// as a wrong value unless isNull() was asked first.
class ObjectReader {
 public:
  explicit ObjectReader(ValueRef object);
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;

  bool has(std::string_view key);     // present, whatever its kind
  bool isNull(std::string_view key);  // present and null: for PATCH bodies that clear a field

  std::optional<std::string> string(std::string_view key, StringBounds bounds = {});
  std::optional<int64_t> integer(std::string_view key, IntRange range = {});
  std::optional<double> number(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  // One of `choices`; the error lists them. Answers the index.
  std::optional<size_t> choice(std::string_view key, std::span<const std::string_view> choices);
  std::optional<size_t> choice(std::string_view key,
                               std::initializer_list<std::string_view> choices) {
    return choice(key, std::span(choices.begin(), choices.size()));
  }
  std::optional<std::vector<std::string>> strings(std::string_view key, StringBounds each = {},
                                                  size_t max_count = 256);
  // Compact JSON text of any value, null included.
  std::optional<std::string> rawJson(std::string_view key);
  std::optional<ValueRef> value(std::string_view key);

  std::string requireString(std::string_view key, StringBounds bounds = {});
  int64_t requireInteger(std::string_view key, IntRange range = {});
  size_t requireChoice(std::string_view key, std::initializer_list<std::string_view> choices);

  // Reads a nested object: calls `read` with a reader of it, then refuses its unknown fields.
  // False when the field is absent or no object (the latter with an error).
  bool object(std::string_view key, const std::function<void(ObjectReader&)>& read);
  bool requireObject(std::string_view key, const std::function<void(ObjectReader&)>& read);
  // The same for every element of an array of objects.
  bool objects(std::string_view key, const std::function<void(ObjectReader&)>& read,
               size_t max_count = 256);

  // A value, or the elements of an array, that may be an object or a text: "@a" beside {"model":…}.
  // `read_text` is given the text and what records an error at its place.
  struct TextOrObject {
    std::function<void(std::string text, const std::function<void(std::string message)>& fail)>
        read_text;
    std::function<void(ObjectReader&)> read_object;
  };
  bool textOrObject(std::string_view key, const TextOrObject& read);
  bool textsOrObjects(std::string_view key, const TextOrObject& read, size_t max_count = 256);

  // Records an error of the caller's own checks at a field of this object ("" = the object), or at
  // the place below it that a pointer names ("/3").
  void fail(std::string_view key, std::string message, std::string_view below = {});
  // What was not asked for so far is no error: for those who stop reading at another one.
  void ignoreRest() { taken_.assign(taken_.size(), true); }
  // Whether nothing was wrong so far with this object and what is in it.
  bool ok() const { return errors_->size() == errors_before_; }

  // Unprocessable/"validation_error" with every field error, params being JSON pointers, if there
  // was any; the first is also `param`.
  Status finish();

 private:
  ObjectReader(ValueRef object, std::string path, std::vector<FieldError>* errors);
  std::optional<ValueRef> take(std::string_view key);
  std::optional<ValueRef> takeOrFail(std::string_view key);
  std::string pathOf(std::string_view key) const;
  void readEither(ValueRef value, const std::string& path, const TextOrObject& read);
  void refuseUnknown();
  std::optional<std::string> checkedString(ValueRef value, StringBounds bounds,
                                           const std::string& path);

  ValueRef object_;
  std::string path_;
  std::vector<bool> taken_;  // by member index
  std::vector<FieldError> own_errors_;
  std::vector<FieldError>* errors_;  // own_errors_ of the outermost reader
  size_t errors_before_ = 0;         // those of objects read earlier
};

}  // namespace penstock::json
