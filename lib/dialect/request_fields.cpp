#include "dialect/request_fields.h"

#include <algorithm>

#include <fmt/format.h>

#include "json/raw.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxModelBytes = 256;
constexpr size_t kMaxIdBytes = 256;
constexpr int64_t kMaxTokens = 1'000'000'000;

// At most `size` bytes of a text, not cutting a character.
std::string cut(std::string text, size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  text.resize(size);
  return text;
}

void readTags(FieldReader& fields, ChatView& view) {
  readNested(fields, "mlx:tags", [&](FieldReader& tags, const json::ObjectIndex& index) {
    if (index.size() > kMaxTags) {
      fields.fail("mlx:tags", fmt::format("must have at most {} tags", kMaxTags));
    }
    for (const json::Member& tag : index) {
      if (tag.key.empty() || tag.key.size() > kMaxTagKeyBytes) {
        fields.fail("mlx:tags", fmt::format("must have keys of 1 to {} bytes", kMaxTagKeyBytes));
      } else if (tag.kind != json::Kind::String) {
        tags.failType(tag.key, "a string", tag.kind);
      } else {
        view.tags.emplace_back(tag.key, tags.string(tag.key, kMaxTagValueBytes));
      }
    }
  });
}

}  // namespace

const json::Member* FieldReader::find(std::string_view key) const {
  const json::Member* member = object_.find(key);
  return member != nullptr && member->kind != json::Kind::Null ? member : nullptr;
}

const json::Member* FieldReader::find(std::string_view key, json::Kind kind) {
  const json::Member* member = find(key);
  if (member == nullptr || member->kind == kind) return member;
  failType(key, json::kindName(kind), member->kind);
  return nullptr;
}

std::string FieldReader::string(std::string_view key, size_t max_bytes) {
  const json::Member* member = find(key, json::Kind::String);
  if (member == nullptr) return {};
  std::string text = json::rawString(member->value).value_or("");
  if (text.size() > max_bytes) fail(key, fmt::format("must have at most {} bytes", max_bytes));
  return text;
}

std::optional<int64_t> FieldReader::integer(std::string_view key, int64_t min, int64_t max) {
  const json::Member* member = find(key);
  if (member == nullptr) return std::nullopt;
  const auto number = json::rawInteger(member->value);
  if (!number && member->kind != json::Kind::Number) {
    failType(key, "a whole number", member->kind);
  } else if (!number || *number < min || *number > max) {
    fail(key, fmt::format("must be a whole number between {} and {}", min, max));
  } else {
    return number;
  }
  return std::nullopt;
}

bool FieldReader::boolean(std::string_view key) {
  const json::Member* member = find(key, json::Kind::Bool);
  return member != nullptr && member->value == "true";
}

void FieldReader::failMissing(std::string_view key) {
  put("missing_field", fmt::format("Missing required parameter: '{}'.", path(key)), key);
}

void FieldReader::failType(std::string_view key, std::string_view expected, json::Kind found) {
  put("invalid_type",
      fmt::format("Invalid type for '{}': expected {}, but got {} instead.", path(key), expected,
                  json::kindName(found)),
      key);
}

void FieldReader::fail(std::string_view key, std::string_view rule) {
  put("invalid_value", fmt::format("Invalid value for '{}': it {}.", path(key), rule), key);
}

void FieldReader::put(const char* code, std::string message, std::string_view key) {
  if (!error_) error_ = invalidRequest(code, std::move(message), path(key));
}

void readModel(FieldReader& fields, ChatView& view) {
  if (fields.find("model") == nullptr) return fields.failMissing("model");
  view.model = fields.string("model", kMaxModelBytes);
  if (view.model.empty()) fields.fail("model", "must not be empty");
}

void readMessages(FieldReader& fields, ChatView& view) {
  if (fields.find("messages") == nullptr) return fields.failMissing("messages");
  const json::Member* messages = fields.find("messages", json::Kind::Array);
  if (messages == nullptr) return;
  if (json::rawEmpty(messages->value)) fields.fail("messages", "must not be empty");
  view.content = messages->value;
}

void readOutputLimit(FieldReader& fields, std::string_view key, ChatView& view) {
  const auto limit = fields.integer(key, 1, kMaxTokens);
  if (limit) view.max_output_tokens = std::max(*limit, view.max_output_tokens.value_or(0));
}

void readExtensions(FieldReader& fields, ChatView& view) {
  readTags(fields, view);
  view.end_user = fields.string("mlx:end_user", kMaxIdBytes);
  view.trace = fields.boolean("mlx:trace");
  readNested(fields, "mlx:cache", [&](FieldReader& cache, const json::ObjectIndex&) {
    view.cache_skip = cache.boolean("skip");
  });
}

std::string borrowedText(const json::ObjectIndex& object, std::string_view key) {
  const json::Member* member = object.find(key);
  return member == nullptr ? "" : cut(json::rawString(member->value).value_or(""), kMaxIdBytes);
}

bool holdsElements(const json::ObjectIndex& object, std::string_view key) {
  const json::Member* member = object.find(key);
  return member != nullptr && member->kind == json::Kind::Array && !json::rawEmpty(member->value);
}

bool toolsName(const json::ObjectIndex& body, std::initializer_list<std::string_view> words) {
  const json::Member* tools = body.find("tools");
  if (tools == nullptr) return false;
  const auto holds = [tools](std::string_view word) {
    return tools->value.find(word) != std::string_view::npos;
  };
  return std::ranges::any_of(words, holds) ||
         std::ranges::any_of(std::initializer_list<std::string_view>{R"(\u004)", R"(\u005)",
                                                                     R"(\u006)", R"(\u007)"},
                             holds);
}

}  // namespace penstock::dialect
