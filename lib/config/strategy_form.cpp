#include "config/strategy_form.h"

#include <algorithm>

#include "json/reader.h"
#include "json/writer.h"

namespace penstock::config {
namespace {

constexpr std::string_view kStrategy = "strategy";

// What has another name in the newer vocabulary; everything else kept its own.
std::string_view policyOf(std::string_view strategy) {
  return strategy == "fallback" ? "fallback_chain" : strategy;
}
std::string_view memberOf(std::string_view policy, std::string_view key) {
  return policy == "fallback_chain" && key == "attempts" ? "models" : key;
}

bool isIn(std::span<const std::string_view> envelope, std::string_view key) {
  return std::any_of(envelope.begin(), envelope.end(), [key](std::string_view own) {
    return key == own || key == json::camelCase(own);
  });
}

void writeConfig(json::Writer& out, json::ValueRef body, std::string_view policy,
                 std::span<const std::string_view> envelope);

// A value with the policies inside it turned. Its depth is that of the parsed document: bounded.
void writeTurned(json::Writer& out, json::ValueRef value) {
  if (value.isArray()) {
    out.beginArray();
    for (const json::ValueRef element : value.elements()) writeTurned(out, element);
    out.endArray();
  } else if (value.isObject() && isStrategyForm(value) && value.stringAt(kStrategy)) {
    const std::string_view policy = policyOf(*value.stringAt(kStrategy));
    out.beginObject().field("policy", policy).key("config");
    writeConfig(out, value, policy, {});
    out.endObject();
  } else if (value.isObject()) {
    out.beginObject();
    for (const auto [key, member] : value.members()) writeTurned(out.key(key), member);
    out.endObject();
  } else {
    out.raw(value.text());
  }
}

void writeConfig(json::Writer& out, json::ValueRef body, std::string_view policy,
                 std::span<const std::string_view> envelope) {
  out.beginObject();
  for (const auto [key, value] : body.members()) {
    if (key == kStrategy || isIn(envelope, key)) continue;
    writeTurned(out.key(memberOf(policy, key)), value);
  }
  out.endObject();
}

ApiError atStrategy(std::string message) {
  ApiError error{ErrorKind::Unprocessable, "validation_error", std::move(message), "/strategy"};
  error.fields = {{error.param, error.message}};
  return error;
}

}  // namespace

bool isStrategyForm(json::ValueRef body) { return body.find(kStrategy).has_value(); }

Result<StrategyForm> fromStrategyForm(json::ValueRef body,
                                      std::span<const std::string_view> envelope) {
  const auto strategy = body.stringAt(kStrategy);
  if (!strategy) return atStrategy("must be the name of a strategy");
  if (body.find("policy") || body.find("config")) {
    return atStrategy("give either strategy with its fields, or policy and config");
  }
  StrategyForm form{std::string(policyOf(*strategy)), {}};
  json::Writer out(form.config_json);
  writeConfig(out, body, form.policy, envelope);
  return form;
}

}  // namespace penstock::config
