#pragma once

#include "base/clock.h"
#include "declare/document.h"
#include "json/value.h"

namespace penstock::declare {

// Bifrost's config.json as a declarative document. The shapes are those of its schema and examples
// (maximhq/bifrost: transports/config.schema.json, examples/configs/*; docs.getbifrost.ai
// "deployment-guides/config-json"), of version 1.4 and 1.5:
//   version: 1 | 2 (what empty lists mean: all, or nothing)
//   providers: {NAME: {keys: [{name, value, models, weight, aliases}], network_config: {base_url},
//               custom_provider_config: {base_provider_type}, …}}
//   governance: {virtual_keys: [{id, name, value, is_active, rate_limit_id, provider_configs:
//                [{provider, allowed_models, key_ids, weight}]; older: allowed_models,
//                allowed_providers, budget_id}], rate_limits: [{id, request_max_limit,
//                request_reset_duration}], budgets, teams, customers, routing_rules}
//   client, config_store, logs_store, vector_store, plugins, mcp, …
// "env.NAME", or {"env_var": "NAME"}, becomes "${NAME}". Bifrost's clients ask for provider/model,
// which needs no routing config here; its aliases become routing configs. Every key of a provider
// becomes a provider of its own, the first with the provider's name. Virtual keys get new secrets;
// those that are inactive, or of which no model is carried over, are left out.
//
// Error: InvalidRequest when it is not of that shape at all.
Result<Imported> importBifrost(json::ValueRef config);

}  // namespace penstock::declare
