#include "dialect/openai_request.h"

#include "dialect/openai_input.h"
#include "dialect/request_fields.h"
#include "json/document.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

// OpenAI's own fields that we only borrow from: where they are odd, the provider says so.
void readBorrowed(const json::ObjectIndex& body, OpenAiRequest& request) {
  request.user = borrowedText(body, "user");
  request.service_tier = borrowedText(body, "service_tier");
  const json::Member* metadata = body.find("metadata");
  json::ObjectIndex index;
  if (metadata != nullptr && json::scanObject(metadata->value, index)) {
    request.trace_id = borrowedText(index, "trace_id");
    request.conversation_id = borrowedText(index, "conversation_id");
  }
  request.has_tools = holdsElements(body, "tools") || holdsElements(body, "functions");
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

void readOutputLimits(FieldReader& fields, OpenAiRequest& request) {
  for (const char* key : {"max_completion_tokens", "max_tokens"})
    readOutputLimit(fields, key, request);
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
  readOutputLimits(fields, request);
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

std::string OpenAiRequest::jsonSchema() const {
  const json::Member* format = body.find("response_format");
  const auto parsed = json::parse(format == nullptr ? "null" : format->value);
  const auto wrapped = parsed ? parsed->root().find("json_schema") : std::nullopt;
  const auto schema = wrapped ? wrapped->find("schema") : std::nullopt;
  return schema ? schema->text() : std::string();
}

bool OpenAiRequest::wantsJson() const {
  const json::Member* format = body.find("response_format");
  return format != nullptr && format->value.find("\"json_") != std::string_view::npos;
}

InputBound OpenAiRequest::boundInput() const { return inputBound(*this); }

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
  return body.find("web_search_options") != nullptr || toolsName(body, {"web_search"});
}

Result<OpenAiRequest> parseOpenAiChat(std::string_view text, const json::Limits& limits) {
  return parseRequest(text, limits, readChat);
}

Result<OpenAiRequest> parseOpenAiEmbeddings(std::string_view text, const json::Limits& limits) {
  return parseRequest(text, limits, readEmbeddings);
}

}  // namespace penstock::dialect
