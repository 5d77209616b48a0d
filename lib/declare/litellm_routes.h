#pragma once

#include <string>
#include <vector>

#include "declare/deployments.h"
#include "declare/litellm_keys.h"
#include "json/value.h"

namespace penstock::declare {

// All deployments of one model_name; at least one.
struct LiteLlmGroup {
  std::string name;
  std::vector<Deployment> deployments;
};

// The routing part of importLiteLlm(): a routing config for each group and each alias of one, from
// the groups and what router_settings and litellm_settings say of them. Adds to `imported`, and the
// names that clients are to ask for to `names`.
//
// routing_strategy: simple-shuffle and the usage-based ones spread by weight, least-busy by
// requests under way, latency- and cost-based ones become the policies of that name. Deployments of
// different models that are only spread become a chain in their order, which the report says.
// fallbacks, default_fallbacks, context_window_fallbacks and content_policy_fallbacks lengthen the
// chain by the named groups' own deployments, not by what those fall back to: in LiteLLM these may
// go round in circles.
void importLiteLlmRoutes(json::ValueRef config, const std::vector<LiteLlmGroup>& groups,
                         ModelNames& names, Imported& imported);

// The settings of router_settings and litellm_settings that it reads.
std::vector<std::string_view> liteLlmRoutingSettings();

// Seconds, as LiteLLM writes time-outs, in whole milliseconds; empty when a target cannot have it.
std::optional<int64_t> timeoutMillis(json::ValueRef seconds);

}  // namespace penstock::declare
