#include "dialect/openai_request.h"

#include <charconv>

#include <fmt/format.h>

#include "dialect/openai_input.h"
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

// Reads typed members of one object and keeps the first error.
class FieldReader {
 public:
  FieldReader(const json::ObjectIndex& object, std::string prefix)
      : object_(object), prefix_(std::move(prefix)) {}

  const json::Member* find(std::string_view key) const {
    const json::Member* member = object_.find(key);
    return member != nullptr && member->kind != json::Kind::Null ? member : nullptr;
  }

  const json::Member* find(std::string_view key, json::Kind kind) {
    const json::Member* member = find(key);
    if (member == nullptr || member->kind == kind) return member;
    failType(key, json::kindName(kind), member->kind);
    return nullptr;
  }

  std::string string(std::string_view key, size_t max_bytes) {
    const json::Member* member = find(key, json::Kind::String);
    if (member == nullptr) return {};
    std::string text = json::rawString(member->value).value_or("");
    if (text.size() > max_bytes) fail(key, fmt::format("must have at most {} bytes", max_bytes));
    return text;
  }

  std::optional<int64_t> integer(std::string_view key, int64_t min, int64_t max) {
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

  bool boolean(std::string_view key) {
    const json::Member* member = find(key, json::Kind::Bool);
    return member != nullptr && member->value == "true";
  }

  void failMissing(std::string_view key) {
    put("missing_field", fmt::format("Missing required parameter: '{}'.", path(key)), key);
  }
  void failType(std::string_view key, std::string_view expected, json::Kind found) {
    put("invalid_type",
        fmt::format("Invalid type for '{}': expected {}, but got {} instead.", path(key), expected,
                    json::kindName(found)),
        key);
  }
  void fail(std::string_view key, std::string_view rule) {
    put("invalid_value", fmt::format("Invalid value for '{}': it {}.", path(key), rule), key);
  }

  std::optional<ApiError>& error() { return error_; }

 private:
  std::string path(std::string_view key) const { return prefix_ + std::string(key); }
  void put(const char* code, std::string message, std::string_view key) {
    if (!error_) error_ = invalidRequest(code, std::move(message), path(key));
  }

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

void readTags(FieldReader& fields, OpenAiRequest& request) {
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
        request.tags.emplace_back(tag.key, tags.string(tag.key, kMaxTagValueBytes));
      }
    }
  });
}

void readExtensions(FieldReader& fields, OpenAiRequest& request) {
  readTags(fields, request);
  request.end_user = fields.string("mlx:end_user", kMaxIdBytes);
  request.trace = fields.boolean("mlx:trace");
  readNested(fields, "mlx:cache", [&](FieldReader& cache, const json::ObjectIndex&) {
    request.cache_skip = cache.boolean("skip");
  });
}

// OpenAI's own fields that we only borrow from: where they are odd, the provider says so.
void readBorrowed(const json::ObjectIndex& body, OpenAiRequest& request) {
  const auto text = [](const json::Member* member) {
    return member == nullptr ? "" : cut(json::rawString(member->value).value_or(""), kMaxIdBytes);
  };
  request.user = text(body.find("user"));
  request.service_tier = text(body.find("service_tier"));
  const json::Member* metadata = body.find("metadata");
  json::ObjectIndex index;
  if (metadata != nullptr && json::scanObject(metadata->value, index)) {
    request.trace_id = text(index.find("trace_id"));
    request.conversation_id = text(index.find("conversation_id"));
  }
  for (const char* key : {"tools", "functions"}) {
    const json::Member* tools = body.find(key);
    if (tools != nullptr && tools->kind == json::Kind::Array && !json::rawEmpty(tools->value)) {
      request.has_tools = true;
    }
  }
}

void readModel(FieldReader& fields, OpenAiRequest& request) {
  if (fields.find("model") == nullptr) return fields.failMissing("model");
  request.model = fields.string("model", kMaxModelBytes);
  if (request.model.empty()) fields.fail("model", "must not be empty");
}

void readMessages(FieldReader& fields, OpenAiRequest& request) {
  if (fields.find("messages") == nullptr) return fields.failMissing("messages");
  const json::Member* messages = fields.find("messages", json::Kind::Array);
  if (messages == nullptr) return;
  if (json::rawEmpty(messages->value)) fields.fail("messages", "must not be empty");
  request.content = messages->value;
}

void readInput(FieldReader& fields, OpenAiRequest& request) {
  const json::Member* input = fields.find("input");
  if (input == nullptr) return fields.failMissing("input");
  if (input->kind != json::Kind::String && input->kind != json::Kind::Array) {
    fields.failType("input", "a string or an array", input->kind);
  } else if (json::rawEmpty(input->value)) {
    fields.fail("input", "must not be empty");
  }
  request.content = input->value;
}

void readOutputLimit(FieldReader& fields, OpenAiRequest& request) {
  for (const char* key : {"max_completion_tokens", "max_tokens"}) {
    const auto limit = fields.integer(key, 1, kMaxTokens);
    if (limit) request.max_output_tokens = std::max(*limit, request.max_output_tokens.value_or(0));
  }
}

void readStreaming(FieldReader& fields, OpenAiRequest& request) {
  request.stream = fields.boolean("stream");
  readNested(fields, "stream_options", [&](FieldReader& options, const json::ObjectIndex&) {
    request.include_usage = options.boolean("include_usage");
  });
}

Result<OpenAiRequest> parseRequest(std::string_view text, const json::Limits& limits,
                                   void (*read_content)(FieldReader&, OpenAiRequest&)) {
  OpenAiRequest request;
  if (auto status = json::scanObject(text, request.body, limits, "the request body"); !status) {
    return std::move(status).error();
  }
  FieldReader fields(request.body, "");
  readModel(fields, request);
  read_content(fields, request);
  readExtensions(fields, request);
  readBorrowed(request.body, request);
  if (fields.error()) return std::move(*fields.error());
  return request;
}

void readChat(FieldReader& fields, OpenAiRequest& request) {
  readMessages(fields, request);
  readStreaming(fields, request);
  readOutputLimit(fields, request);
  request.choices = fields.integer("n", 1, 128).value_or(1);
}

void readEmbeddings(FieldReader& fields, OpenAiRequest& request) {
  readInput(fields, request);
  request.dimensions = fields.integer("dimensions", 1, 1'000'000);
}

bool namesModality(const json::ObjectIndex& body, std::string_view quoted) {
  const json::Member* modalities = body.find("modalities");
  return modalities != nullptr && modalities->value.find(quoted) != std::string_view::npos;
}

}  // namespace

bool OpenAiRequest::hasImages() const {
  return content.find("\"image_url\"") != std::string_view::npos;
}

bool OpenAiRequest::wantsJsonSchema() const {
  const json::Member* format = body.find("response_format");
  return format != nullptr && format->value.find("json_schema") != std::string_view::npos;
}

bool OpenAiRequest::wantsJson() const {
  const json::Member* format = body.find("response_format");
  return format != nullptr && format->value.find("\"json_") != std::string_view::npos;
}

std::optional<double> OpenAiRequest::temperature() const {
  const json::Member* member = body.find("temperature");
  if (member == nullptr || member->kind != json::Kind::Number) return std::nullopt;
  double number = 0;
  const auto end = member->value.data() + member->value.size();
  const auto parsed = std::from_chars(member->value.data(), end, number);
  return parsed.ec == std::errc() ? std::optional(number) : std::nullopt;
}

int64_t OpenAiRequest::maxInputTokens() const { return inputBound(*this).tokens; }

int64_t OpenAiRequest::estimateInputTokens() const { return estimateInput(*this); }

// Also where an escape hides the word.
bool OpenAiRequest::wantsAudio() const {
  return body.find("audio") != nullptr || namesModality(body, "\"audio\"") ||
         namesModality(body, "\\u");
}

bool OpenAiRequest::wantsImages() const {
  return namesModality(body, "\"image\"") || namesModality(body, "\\u");
}

bool OpenAiRequest::searchesWeb() const {
  if (body.find("web_search_options") != nullptr) return true;
  const json::Member* tools = body.find("tools");
  return tools != nullptr && tools->value.find("web_search") != std::string_view::npos;
}

Result<OpenAiRequest> parseOpenAiChat(std::string_view text, const json::Limits& limits) {
  return parseRequest(text, limits, readChat);
}

Result<OpenAiRequest> parseOpenAiEmbeddings(std::string_view text, const json::Limits& limits) {
  return parseRequest(text, limits, readEmbeddings);
}

}  // namespace penstock::dialect
