#include "config/policy.h"

#include "json/document.h"
#include "json/reader.h"
#include "json/writer.h"

namespace penstock::config {
namespace {

constexpr size_t kMaxModel = 256;

// One target of a policy: {"model": …, "provider_credential_id": …}, or a model that says itself
// whose it is.
model::Target readTarget(json::ObjectReader& object, const PolicyContext& context) {
  model::Target target;
  target.model = object.requireString("model", {.min = 1, .max = kMaxModel});
  const bool configs_name = target.model.starts_with('@');
  if (configs_name) {
    object.fail("model", "must be a model of the provider, not a routing config");
  }
  if (context.resolve && !object.has("provider_credential_id")) {
    if (target.model.empty() || configs_name) return target;
    auto resolved = context.resolve(target.model);
    if (resolved) return *std::move(resolved);
    object.fail("model", std::move(resolved).error().message);
    return target;
  }
  target.provider_id = object.requireString("provider_credential_id", {.min = 1, .max = 64});
  if (!target.provider_id.empty() && !context.has_provider(target.provider_id)) {
    object.fail("provider_credential_id", "no such provider: " + target.provider_id);
  }
  return target;
}

void writeTarget(json::Writer& writer, const model::Target& target) {
  writer.field("model", target.model).field("provider_credential_id", target.provider_id);
}

ParsedPolicy readSingle(json::ObjectReader& object, const PolicyContext& context) {
  const model::SinglePolicy policy{readTarget(object, context)};
  std::string json;
  json::Writer writer(json);
  writer.beginObject();
  writeTarget(writer, policy.target);
  writer.endObject();
  return {policy, std::move(json)};
}

// The policies of spec/modelux.md 3.2. Each reads its config, recording errors in the reader, and
// writes it in canonical form. The older {"strategy", …} vocabulary is to be turned into
// {policy, config} before it gets here (spec/modelux.md 3.1), so that one form is ever stored.
struct PolicyKind {
  std::string_view name;
  ParsedPolicy (*read)(json::ObjectReader& object, const PolicyContext& context);
};
constexpr PolicyKind kPolicies[] = {
    {"single", readSingle},
};

const PolicyKind* findKind(std::string_view name) {
  for (const PolicyKind& kind : kPolicies) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

ApiError unknownPolicy(std::string_view name) {
  std::string known;
  for (const PolicyKind& kind : kPolicies) {
    known.append(known.empty() ? "" : ", ").append(kind.name);
  }
  ApiError error{ErrorKind::Unprocessable, "validation_error",
                 "unknown policy \"" + std::string(name) + "\"; known: " + known, "/policy"};
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
  const PolicyKind* kind = findKind(policy);
  if (kind == nullptr) return unknownPolicy(policy);
  auto document = json::parse(config_json, {.max_bytes = 1u << 20}, "config");
  if (!document) return belowConfig(std::move(document).error());
  json::ObjectReader object(document->root());
  ParsedPolicy parsed = kind->read(object, context);
  if (Status status = object.finish(); !status) return belowConfig(std::move(status).error());
  return parsed;
}

}  // namespace penstock::config
