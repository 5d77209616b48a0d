#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace penstock::config {

// A policy in the one form that is stored; unchecked: parsePolicy() is next.
struct StrategyForm {
  std::string policy;
  std::string config_json;
};

// Whether the body speaks the older vocabulary: it has "strategy".
bool isStrategyForm(json::ValueRef body);

// Reads the older, flat vocabulary (spec/modelux.md 3.1): {"strategy":"fallback","attempts":[…],…}
// becomes {policy: "fallback_chain", config: {"models":[…],…}}. All members go into the config but
// `strategy` and those that `envelope` names (snake_case; camelCase is matched too): the name, slug
// and so on that the body has beside its policy. Policies inside (variants, rules) are turned as
// well. Unknown strategies keep their name, for parsePolicy() to refuse.
// Unprocessable: "/strategy" when that is no text, or stands beside "policy" or "config".
Result<StrategyForm> fromStrategyForm(json::ValueRef body,
                                      std::span<const std::string_view> envelope = {});

}  // namespace penstock::config
