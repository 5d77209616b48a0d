#include "dialect/responses_request.h"

#include "dialect/json_members.h"
#include "dialect/request_fields.h"
#include "dialect/responses_input.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxIdBytes = 256;

void readInput(FieldReader& fields, ResponsesRequest& request) {
  const json::Member* input = fields.find("input");
  if (input == nullptr) {
    if (fields.find("prompt") == nullptr) fields.failMissing("input");
    return;
  }
  if (input->kind != json::Kind::String && input->kind != json::Kind::Array)
    fields.failType("input", "a string or an array", input->kind);
  request.content = input->value;
}

// "conv_…" or {"id":"conv_…"}
void readConversation(FieldReader& fields, ResponsesRequest& request) {
  const json::Member* conversation = fields.find("conversation");
  if (conversation == nullptr) return;
  if (conversation->kind == json::Kind::String)
    request.conversation = fields.string("conversation", kMaxIdBytes);
  else
    readNested(fields, "conversation", [&](FieldReader& inner, const json::ObjectIndex&) {
      request.conversation = inner.string("id", kMaxIdBytes);
      if (request.conversation.empty()) inner.failMissing("id");
    });
}

void readState(FieldReader& fields, ResponsesRequest& request) {
  request.previous_response_id = fields.string("previous_response_id", kMaxIdBytes);
  readConversation(fields, request);
  request.background = fields.boolean("background");
  const json::Member* store = fields.find("store", json::Kind::Bool);
  request.store = store == nullptr || store->value == "true";
  if (!request.previous_response_id.empty() && !request.conversation.empty())
    fields.fail("conversation", "cannot be used with 'previous_response_id'");
}

void readBorrowed(const json::ObjectIndex& body, ResponsesRequest& request) {
  request.user = borrowedText(body, "user");
  if (request.user.empty()) request.user = borrowedText(body, "safety_identifier");
  request.service_tier = borrowedText(body, "service_tier");
  request.has_tools = holdsElements(body, "tools");
  json::ObjectIndex metadata;
  if (!scanAt(body, "metadata", metadata)) return;
  request.trace_id = borrowedText(metadata, "trace_id");
  request.conversation_id = borrowedText(metadata, "conversation_id");
}

bool memberNames(const json::ObjectIndex& body, std::string_view key, std::string_view word) {
  const json::Member* member = body.find(key);
  return member != nullptr && member->value.find(word) != std::string_view::npos;
}

}  // namespace

// Also within results of tools.
bool ResponsesRequest::hasImages() const {
  return content.find("\"input_image\"") != std::string_view::npos;
}

bool ResponsesRequest::wantsJsonSchema() const {
  return memberNames(body, "text", "\"json_schema\"");
}

bool ResponsesRequest::wantsJson() const { return memberNames(body, "text", "\"json_"); }

InputBound ResponsesRequest::boundInput() const { return boundResponsesInput(*this); }

int64_t ResponsesRequest::estimateInputTokens() const { return estimateResponsesInput(*this); }

bool ResponsesRequest::wantsImages() const {
  return memberNames(body, "tools", "image_generation");
}

bool ResponsesRequest::searchesWeb() const { return toolsName(body, {"web_search"}); }

Result<ResponsesRequest> parseResponses(std::string_view text, const json::Limits& limits) {
  ResponsesRequest request;
  if (auto status = json::scanObject(text, request.body, limits, "the request body"); !status)
    return std::move(status).error();
  FieldReader fields(request.body, "");
  readModel(fields, request);
  readInput(fields, request);
  readOutputLimit(fields, "max_output_tokens", request);
  request.stream = fields.boolean("stream");
  readState(fields, request);
  readExtensions(fields, request);
  readBorrowed(request.body, request);
  if (fields.error()) return std::move(*fields.error());
  return request;
}

json::Spliced encodeResponsesRequest(const ResponsesRequest& request, std::string_view model,
                                     const std::optional<int64_t>& max_output_tokens,
                                     ResponsesStore store) {
  json::Splicer splicer(request.body);
  bool has_limit = false;
  bool says_store = false;
  for (size_t i = 0; i < request.body.size(); ++i) {
    const json::Member& member = request.body[i];
    if (member.key == "model") {
      splicer.replaceValue(i, json::quoted(model));
    } else if (member.key.starts_with("mlx:")) {
      splicer.removeMember(i);
    } else if (max_output_tokens && member.key == "max_output_tokens") {
      splicer.replaceValue(i, std::to_string(*max_output_tokens));
      has_limit = true;
    } else if (store == ResponsesStore::Never && member.key == "store") {
      splicer.replaceValue(i, "false");
      says_store = true;
    }
  }
  if (max_output_tokens && !has_limit)
    splicer.appendMember("max_output_tokens", std::to_string(*max_output_tokens));
  if (store == ResponsesStore::Never && !says_store) splicer.appendMember("store", "false");
  return splicer.build();
}

}  // namespace penstock::dialect
