#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/policy.h"
#include "json/document.h"
#include "json/reader.h"
#include "json/value.h"
#include "json/writer.h"
#include "manage/provider_names.h"
#include "manage/resource.h"
#include "model/routing_config.h"
#include "store/tables.h"

namespace penstock::manage {

// A routing config as a body would have it, checked, its JSON canonical.
struct ConfigEdit {
  model::RoutingConfig config;
  std::string note;
  std::optional<int64_t> expected_version = {};
};

// A new config; the slug is made of the name when absent. 422 with every error.
Result<ConfigEdit> readNewConfig(json::ValueRef body, const Call& call);

// The body laid over the head; what it does not name stays. 422 with every error.
Result<ConfigEdit> readConfigEdit(json::ValueRef body, model::RoutingConfig head, const Call& call);

// readBody(), the older vocabulary {"strategy",…} turned into {"policy","config"}.
Result<json::Document> readConfigBody(const http::Request& request);

// Lays an item of the declarative configuration over a config, which is empty or the present state:
// `name`, `policy`, `config` with providers' names in it, `cache`, `embedding_dimensions`, and
// `automatic`, which unless said ends when the rest changes.
void readDeclaredConfig(json::ObjectReader& item, model::RoutingConfig& config,
                        const ProviderNames& names, const config::PolicyContext& context);

// What configs say beside their policy, as every answer and document has it: `cache` and
// `embedding_dimensions`, null where there is none.
void writeExtras(json::Writer& out, std::string_view cache_json,
                 std::optional<int64_t> embedding_dimensions);

}  // namespace penstock::manage
