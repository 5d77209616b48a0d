#pragma once

#include <optional>

#include "base/clock.h"
#include "declare/document.h"
#include "json/value.h"

namespace penstock::declare {

// LiteLLM's proxy configuration, and what it knows of its keys, as a declarative document.
//
// `config` is its config.yaml (https://docs.litellm.ai/docs/proxy/configs; the shapes were checked
// with proxy_server_config.yaml of BerriAI/litellm):
//   model_list: [{model_name, litellm_params: {model: "openai/gpt-4o", api_key, api_base, …}}]
//   router_settings, litellm_settings, general_settings, environment_variables, …
// Providers are one each (vendor, base URL, key). Each model_name becomes a routing config, so
// clients ask for @slug; litellm_routes.h says how its deployments, fallbacks and the routing
// strategy become its policy. Every other setting that says something is reported.
// "os.environ/NAME" becomes "${NAME}".
//
// `keys` is what GET /key/list?return_full_object=true ({"keys": […]}) or /key/info ({"key",
// "info": {…}}) answers, or a list of such: key_alias, key_name, token (hex SHA-256 of the key),
// models, rpm_limit, expires, blocked, max_budget, team_id, metadata, …
// Names, limits, models and expiry are carried over; the secrets cannot be, since ours begin with
// mlx_sk_: each key gets a new one when the document is applied. A key whose models none are
// carried over is left out, because a key without a list may use everything. So are keys that are
// blocked or have expired by `now`.
//
// Error: InvalidRequest when a source is not of that shape at all.
Result<Imported> importLiteLlm(json::ValueRef config, std::optional<json::ValueRef> keys,
                               UnixMillis now);

}  // namespace penstock::declare
