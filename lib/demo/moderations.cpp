#include "demo/moderations.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "demo/answer.h"
#include "demo/delivery.h"
#include "demo/fields.h"
#include "demo/hash.h"
#include "demo/models.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

constexpr size_t kMaxInputs = 1'000;
constexpr std::string_view kViolent[] = {"kill", "murder", "attack", "stab"};
constexpr std::string_view kViolence = "violence";
constexpr std::string_view kCategories[] = {"harassment",
                                            "harassment/threatening",
                                            "hate",
                                            "hate/threatening",
                                            "illicit",
                                            "illicit/violent",
                                            "self-harm",
                                            "self-harm/intent",
                                            "self-harm/instructions",
                                            "sexual",
                                            "sexual/minors",
                                            "violence",
                                            "violence/graphic"};

struct ModerationRequest {
  std::string model;
  Faults faults;
  std::vector<std::string> inputs;
};

bool isViolent(std::string_view text) {
  const std::string lower = asciiLower(text);
  return std::ranges::any_of(
      kViolent, [&lower](std::string_view word) { return lower.find(word) != std::string::npos; });
}

void writeResult(json::Writer& out, bool violent) {
  out.beginObject().field("flagged", violent).key("categories").beginObject();
  for (const std::string_view name : kCategories) out.field(name, violent && name == kViolence);
  out.endObject().key("category_scores").beginObject();
  for (const std::string_view name : kCategories) {
    const bool found = violent && name == kViolence;
    out.key(name).decimal(found ? 97 : 1, found ? 2 : 4);
  }
  out.endObject().key("category_applied_input_types").beginObject();
  for (const std::string_view name : kCategories)
    out.key(name).beginArray().value("text").endArray();
  out.endObject().endObject();
}

std::string moderationBody(const ModerationRequest& request) {
  std::string all;
  for (const std::string& input : request.inputs) all += input + '\n';
  std::string body;
  json::Writer out(body);
  out.beginObject().field("id", fmt::format("modr-{:016x}", hashText(all)));
  out.field("model", request.model).key("results").beginArray();
  for (const std::string& input : request.inputs) writeResult(out, isViolent(input));
  out.endArray().endObject();
  return body;
}

// Parts are one input together; texts are one each.
Status readInputs(json::ValueRef input, ModerationRequest& request) {
  if (!input.isArray()) {
    auto text = input.getString();
    if (!text) return std::move(text).error();
    request.inputs.emplace_back(*text);
    return Unit{};
  }
  if (input.size() == 0 || input.size() > kMaxInputs) {
    return invalidRequest("invalid_value",
                          fmt::format("'input' must have 1 to {} elements.", kMaxInputs), "/input");
  }
  std::string parts;
  for (const json::ValueRef item : input.elements()) {
    if (item.isObject()) {
      parts.append(item.stringAt("text").value_or("")).append("\n");
      continue;
    }
    auto text = item.getString();
    if (!text) return std::move(text).error();
    request.inputs.emplace_back(*text);
  }
  if (request.inputs.empty()) request.inputs.push_back(std::move(parts));
  return Unit{};
}

Result<ModerationRequest> parseModeration(std::string_view body) {
  auto document = json::parse(body);
  if (!document) return std::move(document).error();
  const json::ValueRef root = document->root();
  auto model = readModel(root);
  if (!model) return std::move(model).error();
  if (Status known = checkModel(model->base, kModerationModel); !known)
    return std::move(known).error();
  ModerationRequest request{
      .model = std::string(kModerationModel), .faults = model->faults, .inputs = {}};
  const auto input = root.get("input");
  if (!input) return input.error();
  if (Status read = readInputs(*input, request); !read) return std::move(read).error();
  return request;
}

}  // namespace

void answerModeration(const http::ExchangePtr& exchange) {
  const auto request = parseModeration(exchange->request().body);
  if (!request) return exchange->respond(errorAnswer(request.error()));
  exchange->releaseRequest();
  deliver(exchange, request->faults, jsonAnswer(moderationBody(*request)), 0);
}

}  // namespace penstock::demo
