#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/policies.h"
#include "model/routing_config.h"

namespace penstock::config {

// What a policy is checked against.
struct PolicyContext {
  std::function<bool(std::string_view id)> has_provider;
  // The target that a model's name means when it comes without a credential; the error's message
  // goes to the field. Absent: every target must name its own, as stored ones do.
  std::function<Result<model::Target>(std::string_view model)> resolve = {};
};

// A policy checked and parsed, with its JSON in canonical form (snake_case keys, no spaces), which
// is what the store keeps.
struct ParsedPolicy {
  Policy policy;
  std::string config_json;
};

// Parses a routing config's `policy` and `config` (spec/modelux.md 3.2). A target may leave out
// provider_credential_id and name "provider/model" or a bare model, if the context can resolve it;
// the canonical form names both. Where a
// policy leads on may be written as a text, "@slug" or "provider/model". Errors are Unprocessable
// with a JSON pointer to every wrong field, relative to the body that holds both: "/policy",
// "/config/model"; their code is invalid_rule where a rule's condition does not hold. Whether the
// configs that are referred to exist is checked with the whole snapshot (references.h).
Result<ParsedPolicy> parsePolicy(std::string_view policy, std::string_view config_json,
                                 const PolicyContext& context);

}  // namespace penstock::config
