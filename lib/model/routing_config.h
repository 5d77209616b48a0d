#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace penstock::model {

// One target of a policy: a model at a provider credential.
struct Target {
  std::string model;
  std::string provider_id;  // prov_…
  bool operator==(const Target&) const = default;
};

// A routing config as stored: the head (latest) version.
struct RoutingConfig {
  std::string id;  // rc_…
  std::string project_id;
  std::string name;
  std::string slug;         // without '@'
  std::string policy;       // "single"
  std::string config_json;  // the policy's own JSON object, canonical
  std::string cache_json;   // config::CacheRules as JSON, canonical; empty: answers are not kept
  // The length of every vector that embeddings of it come to; absent: whatever the model gives.
  std::optional<int64_t> embedding_dimensions;
  int64_t version = 1;
  // True while nobody has edited it: "@default" then moves to the first real provider added.
  bool automatic = false;
  UnixMillis created_at = 0;
  UnixMillis updated_at = 0;
  bool operator==(const RoutingConfig&) const = default;
};

}  // namespace penstock::model
