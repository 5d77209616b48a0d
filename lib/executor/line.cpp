#include "executor/line.h"

#include <algorithm>

#include "json/raw.h"
#include "json/scan.h"

namespace penstock::executor {
namespace {

constexpr size_t kPiece = 1 << 20;
constexpr size_t kMaxMessageId = 64;  // Anthropic's

ApiError missing(const char* name) {
  return invalidRequest("missing_required_parameter",
                        std::string("Missing required parameter: '") + name + "'.", name);
}

Result<std::string> customIdOf(const json::ObjectIndex& line) {
  const json::Member* member = line.find("custom_id");
  if (member == nullptr) return missing("custom_id");
  auto id = json::rawString(member->value);
  if (id && !id->empty() && id->size() <= kMaxCustomId) return *std::move(id);
  return invalidRequest("invalid_custom_id", "custom_id must be a string of 1 to 512 bytes.",
                        "custom_id");
}

Status checkText(const json::ObjectIndex& line, const char* name, std::string_view wanted) {
  const json::Member* member = line.find(name);
  if (member == nullptr) return missing(name);
  const auto text = json::rawString(member->value);
  if (text && *text == wanted) return Unit{};
  return invalidRequest(
      std::string("invalid_") + name,
      std::string(name) + " must be '" + std::string(wanted) + "', as that of the batch.", name);
}

bool isMessageId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxMessageId && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

Status checkMessage(std::string_view item, int64_t place, CustomIds& ids) {
  const std::string at = "requests/" + std::to_string(place);
  json::ObjectIndex fields;
  if (Status valid = json::scanObject(item, fields, {}, "the request"); !valid) {
    valid.error().param = at;
    return valid;
  }
  const json::Member* custom_id = fields.find("custom_id");
  const auto id = custom_id == nullptr ? std::nullopt : json::rawString(custom_id->value);
  if (!id || !isMessageId(*id))
    return invalidRequest("invalid_value",
                          at + ".custom_id must be 1 to 64 letters, digits, '-' and '_'",
                          at + "/custom_id");
  if (!ids.add(*id))
    return invalidRequest("invalid_value", at + ".custom_id is that of another request",
                          at + "/custom_id");
  const json::Member* params = fields.find("params");
  if (params != nullptr && params->kind == json::Kind::Object) return Unit{};
  return invalidRequest("missing_field", at + ".params must be an object", at + "/params");
}

}  // namespace

Result<Line> readLine(model::ObjectSurface surface, std::string_view endpoint,
                      std::string_view text) {
  json::ObjectIndex fields;
  if (Status valid = json::scanObject(text, fields, {}, "The line"); !valid) {
    valid.error().code = "invalid_json_line";
    return std::move(valid).error();
  }
  auto id = customIdOf(fields);
  if (!id) return std::move(id).error();
  const bool openai = surface == model::ObjectSurface::OpenAi;
  if (openai) {
    if (Status ok = checkText(fields, "method", "POST"); !ok) return std::move(ok).error();
    if (Status ok = checkText(fields, "url", endpoint); !ok) return std::move(ok).error();
  }
  const char* name = openai ? "body" : "params";
  const json::Member* body = fields.find(name);
  if (body == nullptr) return missing(name);
  if (body->kind != json::Kind::Object)
    return invalidRequest("invalid_body", std::string(name) + " must be an object.", name);
  return Line{*std::move(id), body->value};
}

bool isBatchEndpoint(std::string_view path) {
  return path == "/v1/chat/completions" || path == "/v1/embeddings" || path == "/v1/responses" ||
         path == "/v1/moderations";
}

Result<int64_t> messageLines(std::string_view body, size_t max_line,
                             const std::function<Status(std::string_view)>& sink) {
  json::ObjectIndex members;
  json::Limits whole;
  whole.max_bytes = body.size();  // what came in was small enough
  if (Status valid = json::scanObject(body, members, whole); !valid)
    return std::move(valid).error();
  const json::Member* requests = members.find("requests");
  if (requests == nullptr || requests->kind != json::Kind::Array || json::rawEmpty(requests->value))
    return invalidRequest("missing_field", "requests must be an array that is not empty",
                          "requests");
  CustomIds ids;
  std::string piece;
  int64_t count = 0;
  Status status = Unit{};
  json::forEachElement(requests->value, [&](std::string_view item) {
    if (count == kMaxLines)
      status = invalidRequest("too_many_requests",
                              "a batch that is executed here may hold 50,000 requests", "requests");
    else if (item.size() > max_line)
      status =
          invalidRequest("request_too_large", "a request of the batch is larger than one may be",
                         "requests/" + std::to_string(count));
    else
      status = checkMessage(item, count, ids);
    if (!status) return false;
    ++count;
    piece.append(onOneLine(item)).append("\n");
    if (piece.size() < kPiece) return true;
    status = sink(piece);
    piece.clear();
    return status.has_value();
  });
  if (status && !piece.empty()) status = sink(piece);
  if (!status) return std::move(status).error();
  return count;
}

std::string onOneLine(std::string_view json) {
  std::string line(json);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

}  // namespace penstock::executor
