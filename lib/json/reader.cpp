#include "json/reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "json/tree.h"

namespace penstock::json {
namespace {

size_t codePoints(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// U+0000 to U+001F, U+007F to U+009F, and the line and paragraph separators U+2028 and U+2029.
bool holdsControls(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    const std::string_view rest = text.substr(i + 1);
    if (byte == 0xC2 && !rest.empty() && static_cast<unsigned char>(rest[0]) < 0xA0) return true;
    if (byte == 0xE2 && (rest.starts_with("\x80\xA8") || rest.starts_with("\x80\xA9"))) return true;
  }
  return false;
}

std::string lengthMessage(StringBounds bounds) {
  if (bounds.min == 0) return fmt::format("must have at most {} characters", bounds.max);
  if (bounds.min == bounds.max) return fmt::format("must have {} characters", bounds.max);
  return fmt::format("must have {} to {} characters", bounds.min, bounds.max);
}

std::string rangeMessage(IntRange range) {
  constexpr IntRange kAny;
  if (range.max == kAny.max) return fmt::format("must be at least {}", range.min);
  if (range.min == kAny.min) return fmt::format("must be at most {}", range.max);
  return fmt::format("must be between {} and {}", range.min, range.max);
}

}  // namespace

std::string camelCase(std::string_view snake) {
  std::string out;
  for (size_t i = 0; i < snake.size(); ++i) {
    if (snake[i] == '_' && i + 1 < snake.size() && snake[i + 1] >= 'a' && snake[i + 1] <= 'z') {
      out.push_back(static_cast<char>(snake[++i] - 'a' + 'A'));
    } else {
      out.push_back(snake[i]);
    }
  }
  return out;
}

ObjectReader::ObjectReader(ValueRef object) : ObjectReader(object, "", &own_errors_) {
  if (!object.isObject()) errors_->push_back({"", "must be an object"});
}

ObjectReader::ObjectReader(ValueRef object, std::string path, std::vector<FieldError>* errors)
    : object_(object),
      path_(std::move(path)),
      taken_(object.isObject() ? object.size() : 0),
      errors_(errors),
      errors_before_(errors->size()) {}

// The member under either spelling, marked as known. Both spellings at once are an error.
std::optional<ValueRef> ObjectReader::take(std::string_view key) {
  const std::string camel = camelCase(key);
  std::optional<ValueRef> found;
  for (size_t i = 0; i < taken_.size(); ++i) {
    const std::string_view name = object_.keyAt(i);
    if (name != key && name != camel) continue;
    if (found && !taken_[i]) fail(key, fmt::format("given twice, also as {}", camel));
    taken_[i] = true;
    if (!found) found = object_.valueAt(i);
  }
  return found;
}

std::optional<ValueRef> ObjectReader::takeOrFail(std::string_view key) {
  auto value = take(key);
  if (!value && object_.isObject()) fail(key, "is required");
  return value;
}

// The pointer in the spelling that was sent.
std::string ObjectReader::pathOf(std::string_view key) const {
  std::string path = path_;
  if (key.empty()) return path;
  const std::string camel = camelCase(key);
  const bool sent_camel = !object_.find(key) && object_.find(camel);
  appendPointerStep(path, sent_camel ? std::string_view(camel) : key);
  return path;
}

bool ObjectReader::has(std::string_view key) { return take(key).has_value(); }

bool ObjectReader::isNull(std::string_view key) {
  const auto value = take(key);
  return value && value->isNull();
}

std::optional<std::string> ObjectReader::checkedString(ValueRef value, StringBounds bounds,
                                                       const std::string& path) {
  const auto text = value.asString();
  if (!text) {
    errors_->push_back({path, "must be a string"});
    return std::nullopt;
  }
  const size_t length = codePoints(*text);
  if (length < bounds.min || length > bounds.max) {
    errors_->push_back({path, length == 0 ? "must not be empty" : lengthMessage(bounds)});
    return std::nullopt;
  }
  if (bounds.controls == Controls::Refused && holdsControls(*text)) {
    errors_->push_back({path, "must not hold line breaks or other control characters"});
    return std::nullopt;
  }
  return std::string(*text);
}

std::optional<std::string> ObjectReader::string(std::string_view key, StringBounds bounds) {
  const auto value = take(key);
  return value ? checkedString(*value, bounds, pathOf(key)) : std::nullopt;
}

std::optional<int64_t> ObjectReader::integer(std::string_view key, IntRange range) {
  const auto value = take(key);
  if (!value) return std::nullopt;
  const auto number = value->asInt();
  if (!number) {
    fail(key, "must be a whole number");
  } else if (*number < range.min || *number > range.max) {
    fail(key, rangeMessage(range));
  } else {
    return number;
  }
  return std::nullopt;
}

std::optional<double> ObjectReader::number(std::string_view key) {
  const auto value = take(key);
  if (!value) return std::nullopt;
  const auto number = value->asDouble();
  if (!number) fail(key, "must be a number");
  return number;
}

std::optional<bool> ObjectReader::boolean(std::string_view key) {
  const auto value = take(key);
  if (!value) return std::nullopt;
  const auto flag = value->asBool();
  if (!flag) fail(key, "must be true or false");
  return flag;
}

std::optional<size_t> ObjectReader::choice(std::string_view key,
                                           std::span<const std::string_view> choices) {
  const auto value = take(key);
  if (!value) return std::nullopt;
  const auto text = value->asString();
  const auto found = text ? std::ranges::find(choices, *text) : choices.end();
  if (found == choices.end()) {
    fail(key, fmt::format("must be one of {}", fmt::join(choices, ", ")));
    return std::nullopt;
  }
  return static_cast<size_t>(found - choices.begin());
}

std::optional<std::vector<std::string>> ObjectReader::strings(std::string_view key,
                                                              StringBounds each, size_t max_count) {
  const auto value = take(key);
  if (!value) return std::nullopt;
  if (!value->isArray() || value->size() > max_count) {
    fail(key, fmt::format("must be an array of at most {} strings", max_count));
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (size_t i = 0; i < value->size(); ++i) {
    auto text = checkedString(value->at(i), each, pathOf(key) + "/" + std::to_string(i));
    if (text) texts.push_back(std::move(*text));
  }
  if (texts.size() != value->size()) return std::nullopt;
  return texts;
}

std::optional<std::string> ObjectReader::rawJson(std::string_view key) {
  const auto value = take(key);
  return value ? std::optional(value->text()) : std::nullopt;
}

std::optional<ValueRef> ObjectReader::value(std::string_view key) { return take(key); }

std::string ObjectReader::requireString(std::string_view key, StringBounds bounds) {
  if (!takeOrFail(key)) return {};
  return string(key, bounds).value_or("");
}

int64_t ObjectReader::requireInteger(std::string_view key, IntRange range) {
  if (!takeOrFail(key)) return 0;
  return integer(key, range).value_or(0);
}

size_t ObjectReader::requireChoice(std::string_view key,
                                   std::initializer_list<std::string_view> choices) {
  if (!takeOrFail(key)) return 0;
  return choice(key, choices).value_or(0);
}

bool ObjectReader::object(std::string_view key, const std::function<void(ObjectReader&)>& read) {
  const auto value = take(key);
  if (!value) return false;
  if (!value->isObject()) {
    fail(key, "must be an object");
    return false;
  }
  ObjectReader nested(*value, pathOf(key), errors_);
  read(nested);
  nested.refuseUnknown();
  return true;
}

bool ObjectReader::requireObject(std::string_view key,
                                 const std::function<void(ObjectReader&)>& read) {
  return takeOrFail(key) && object(key, read);
}

bool ObjectReader::objects(std::string_view key, const std::function<void(ObjectReader&)>& read,
                           size_t max_count) {
  const auto value = take(key);
  if (!value) return false;
  if (!value->isArray() || value->size() > max_count) {
    fail(key, fmt::format("must be an array of at most {} objects", max_count));
    return false;
  }
  for (size_t i = 0; i < value->size(); ++i) {
    const std::string path = pathOf(key) + "/" + std::to_string(i);
    if (!value->at(i).isObject()) {
      errors_->push_back({path, "must be an object"});
      continue;
    }
    ObjectReader nested(value->at(i), path, errors_);
    read(nested);
    nested.refuseUnknown();
  }
  return true;
}

bool ObjectReader::textOrObject(std::string_view key, const TextOrObject& read) {
  const auto value = take(key);
  if (value) readEither(*value, pathOf(key), read);
  return value.has_value();
}

bool ObjectReader::textsOrObjects(std::string_view key, const TextOrObject& read,
                                  size_t max_count) {
  const auto value = take(key);
  if (!value) return false;
  if (!value->isArray() || value->size() > max_count) {
    fail(key, fmt::format("must be an array of at most {} texts or objects", max_count));
    return false;
  }
  for (size_t i = 0; i < value->size(); ++i) {
    readEither(value->at(i), pathOf(key) + "/" + std::to_string(i), read);
  }
  return true;
}

void ObjectReader::readEither(ValueRef value, const std::string& path, const TextOrObject& read) {
  const auto fail_there = [this, &path](std::string message) {
    errors_->push_back({path, std::move(message)});
  };
  if (value.isString()) {
    if (auto text = checkedString(value, {.min = 1}, path))
      read.read_text(*std::move(text), fail_there);
  } else if (value.isObject()) {
    ObjectReader nested(value, path, errors_);
    read.read_object(nested);
    nested.refuseUnknown();
  } else {
    fail_there("must be a text or an object");
  }
}

void ObjectReader::fail(std::string_view key, std::string message, std::string_view below) {
  errors_->push_back({pathOf(key).append(below), std::move(message)});
}

void ObjectReader::refuseUnknown() {
  for (size_t i = 0; i < taken_.size(); ++i) {
    if (taken_[i]) continue;
    std::string path = path_;
    appendPointerStep(path, object_.keyAt(i).substr(0, 128));
    errors_->push_back({std::move(path), "unknown field"});
    taken_[i] = true;
  }
}

Status ObjectReader::finish() {
  refuseUnknown();
  if (errors_->empty()) return Unit{};
  const FieldError& first = errors_->front();
  ApiError error{ErrorKind::Unprocessable, "validation_error",
                 fmt::format("{}: {}", first.param.empty() ? "body" : first.param, first.message)};
  if (errors_->size() > 1) {
    error.message += fmt::format(" (and {} more)", errors_->size() - 1);
  }
  error.param = first.param;
  error.fields = *errors_;
  return error;
}

}  // namespace penstock::json
