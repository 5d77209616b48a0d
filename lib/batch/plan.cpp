#include "batch/plan.h"

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "batch/line_bound.h"
#include "dialect/anthropic_request.h"
#include "dialect/openai_request.h"
#include "dialect/responses_request.h"
#include "json/document.h"
#include "json/raw.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::batch {
namespace {

// Providers want one model a batch or a few; each has reservations of its own.
constexpr size_t kMaxModels = 16;
// The providers' own limit is half of it.
constexpr int64_t kMaxRequests = 100'000;

ApiError atLine(int64_t line, ApiError error) {
  error.code = error.kind == ErrorKind::Forbidden ? error.code : "invalid_batch_line";
  error.message = "request " + std::to_string(line) + " of the batch: " + error.message;
  return error;
}

// Adds a request to its model's share.
Status add(const dialect::ChatView& request, bound::Output output, const Pricing& pricing,
           Plan& plan) {
  if (request.model.starts_with('@') || request.stream) {
    return invalidRequest("invalid_batch_line",
                          request.stream ? "requests of a batch do not stream"
                                         : "requests of a batch name the provider's own models",
                          "model");
  }
  const auto bound = boundLine(request, output, pricing);
  if (!bound) return bound.error();
  auto share = std::ranges::find(plan.models, request.model, &ModelPlan::model);
  if (share == plan.models.end()) {
    if (plan.models.size() == kMaxModels)
      return invalidRequest("too_many_models", "a batch may name 16 models", "model");
    share = plan.models.insert(plan.models.end(), {request.model, 0, 0, {}});
  }
  ++share->requests;
  share->tokens += bound->tokens;
  share->most += bound->most;
  return Unit{};
}

Status addBody(std::string_view url, std::string_view body, const Pricing& pricing, Plan& plan) {
  const auto take = [&](auto parsed, bound::Output output) -> Status {
    if (!parsed) return std::move(parsed).error();
    return add(*parsed, output, pricing, plan);
  };
  if (url == "/v1/chat/completions")
    return take(dialect::parseOpenAiChat(body), bound::Output::Chat);
  if (url == "/v1/responses") {
    auto parsed = dialect::parseResponses(body);
    // What the provider keeps is input that nobody here has counted.
    if (parsed && !(parsed->previous_response_id.empty() && parsed->conversation.empty())) {
      return invalidRequest("invalid_batch_line",
                            "responses in a batch cannot go on from stored ones",
                            "previous_response_id");
    }
    return take(std::move(parsed), bound::Output::Chat);
  }
  if (url == "/v1/embeddings")
    return take(dialect::parseOpenAiEmbeddings(body), bound::Output::None);
  return invalidRequest("unsupported_batch_endpoint",
                        "batches are of /v1/chat/completions, /v1/responses or /v1/embeddings",
                        "url");
}

Status addLine(std::string_view line, const Pricing& pricing, Plan& plan) {
  json::ObjectIndex members;
  if (Status valid = json::scanObject(line, members, {}, "the line"); !valid) return valid;
  const json::Member* url = members.find("url");
  const json::Member* body = members.find("body");
  const auto path = url == nullptr ? std::nullopt : json::rawString(url->value);
  if (!path || body == nullptr)
    return invalidRequest("invalid_batch_line", "it needs url and body", "url");
  if (plan.endpoint.empty()) plan.endpoint = *path;
  if (plan.endpoint != *path)
    return invalidRequest("invalid_batch_line", "all must be of one url", "url");
  return addBody(*path, body->value, pricing, plan);
}

}  // namespace

int64_t Plan::requests() const {
  int64_t sum = 0;
  for (const ModelPlan& model : models) sum += model.requests;
  return sum;
}

Money Plan::most() const {
  Money sum;
  for (const ModelPlan& model : models) sum += model.most;
  return sum;
}

Result<Plan> planLines(std::string_view jsonl, const Pricing& pricing) {
  Plan plan;
  int64_t number = 0;
  while (!jsonl.empty()) {
    const size_t end = std::min(jsonl.find('\n'), jsonl.size());
    std::string_view line = trim(jsonl.substr(0, end));
    if (line.ends_with('\r')) line.remove_suffix(1);
    jsonl.remove_prefix(std::min(end + 1, jsonl.size()));
    if (line.empty()) continue;
    if (++number > kMaxRequests)
      return invalidRequest("too_many_requests", "a batch may hold 100,000 requests");
    if (Status added = addLine(line, pricing, plan); !added) return atLine(number, added.error());
  }
  if (plan.models.empty())
    return invalidRequest("invalid_batch_line", "the file holds no request", "file");
  return plan;
}

Result<Plan> planMessageBatch(std::string_view body, const Pricing& pricing) {
  json::ObjectIndex members;
  json::Limits whole;
  whole.max_bytes = body.size();  // what came in was small enough
  if (Status valid = json::scanObject(body, members, whole); !valid)
    return std::move(valid).error();
  const json::Member* requests = members.find("requests");
  if (requests == nullptr || requests->kind != json::Kind::Array)
    return invalidRequest("missing_field", "requests must be an array", "requests");
  Plan plan;
  int64_t number = 0;
  Status added = Unit{};
  json::forEachElement(requests->value, [&](std::string_view item) {
    ++number;
    json::ObjectIndex fields;
    added = json::scanObject(item, fields, {}, "the request");
    const json::Member* params = added ? fields.find("params") : nullptr;
    if (added && params == nullptr) added = invalidRequest("missing_field", "it needs params");
    if (added && number > kMaxRequests)
      added = invalidRequest("too_many_requests", "a batch may hold 100,000 requests");
    if (!added) return false;
    auto parsed = dialect::parseAnthropicMessages(params->value);
    added = parsed ? add(*parsed, bound::Output::Chat, pricing, plan) : Status(parsed.error());
    return added.has_value();
  });
  if (!added) return atLine(number, added.error());
  if (plan.models.empty())
    return invalidRequest("missing_field", "requests must not be empty", "requests");
  return plan;
}

std::string writePlan(const Plan& plan) {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("endpoint", plan.endpoint).key("models").beginArray();
  for (const ModelPlan& model : plan.models) {
    out.beginObject().field("model", model.model).field("requests", model.requests);
    out.field("tokens", model.tokens).field("nanos", model.most.nanos).endObject();
  }
  out.endArray().field("end_user", plan.end_user).key("tags").beginObject();
  for (const auto& [key, value] : plan.tags) out.field(key, value);
  out.endObject().endObject();
  return text;
}

Result<Plan> readPlan(std::string_view text) {
  const auto document = json::parse(text, {}, "the plan");
  if (!document) return document.error();
  const json::ValueRef root = document->root();
  Plan plan;
  plan.endpoint = root.stringAt("endpoint").value_or("");
  plan.end_user = root.stringAt("end_user").value_or("");
  if (const auto models = root.find("models")) {
    for (const json::ValueRef model : models->elements()) {
      plan.models.push_back({std::string(model.stringAt("model").value_or("")),
                             model.intAt("requests").value_or(0), model.intAt("tokens").value_or(0),
                             Money{model.intAt("nanos").value_or(0)}});
    }
  }
  if (const auto tags = root.find("tags")) {
    for (const auto& [key, value] : tags->members())
      plan.tags.emplace_back(key, value.asString().value_or(""));
  }
  return plan;
}

}  // namespace penstock::batch
