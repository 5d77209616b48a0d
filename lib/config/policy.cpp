#include "config/policy.h"

#include "config/policy_reader.h"
#include "config/policy_writer.h"
#include "json/document.h"
#include "json/reader.h"

namespace penstock::config {
namespace {

ApiError unknownPolicy(std::string_view name) {
  ApiError error{ErrorKind::Unprocessable, "validation_error",
                 "unknown policy \"" + std::string(name) +
                     "\"; known: single, fallback_chain, cost_optimized, latency_optimized, "
                     "ensemble, ab_test, cascade, custom_rules",
                 "/policy"};
  error.fields = {{error.param, error.message}};
  return error;
}

// Pointers into the config become pointers into the body around it.
ApiError belowConfig(ApiError error) {
  constexpr std::string_view kBase = "/config";
  error.kind = ErrorKind::Unprocessable;
  error.param.insert(0, kBase);
  for (FieldError& field : error.fields) field.param.insert(0, kBase);
  return error;
}

}  // namespace

Result<ParsedPolicy> parsePolicy(std::string_view policy, std::string_view config_json,
                                 const PolicyContext& context) {
  auto document = json::parse(config_json, {.max_bytes = 1u << 20}, "config");
  if (!document) return belowConfig(std::move(document).error());
  json::ObjectReader object(document->root());
  PolicyReader reader(context);
  auto parsed = reader.read(policy, object);
  if (!parsed) return unknownPolicy(policy);
  if (Status status = object.finish(); !status) {
    ApiError error = belowConfig(std::move(status).error());
    if (!reader.code().empty()) error.code = reader.code();
    return error;
  }
  std::string canonical = writePolicyConfig(*parsed);
  return ParsedPolicy{*std::move(parsed), std::move(canonical)};
}

}  // namespace penstock::config
