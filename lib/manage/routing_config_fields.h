#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "json/value.h"
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
Result<ConfigEdit> readConfigEdit(json::ValueRef body, model::RoutingConfig head,
                                  store::Tables& tables);

}  // namespace penstock::manage
