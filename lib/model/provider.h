#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/secret.h"

namespace penstock::model {

// A provider credential: a vendor's dialect at a base URL with a key. `api_key` is decrypted and
// lives in memory only; the store holds it as AES-256-GCM.
struct Provider {
  std::string id;      // prov_…
  std::string vendor;  // "openai", "demo"
  std::string name;  // unique slug among live providers; usable as the left side of provider/model
  std::optional<std::string> base_url;  // absent: the vendor's own
  Secret api_key;
  bool allow_private = false;  // JSON "private": may live on a loopback or private address
  bool is_default = false;     // what vendor/model and bare names use; one per vendor
  std::string default_model;   // what @default asks for when this provider serves it; may be empty
  std::string quota_group;     // shares its provider's limits with others of the same; may be empty
  std::optional<int64_t> max_concurrency;         // requests under way at once
  std::optional<int64_t> probe_interval_seconds;  // between active checks; absent: none
  UnixMillis created_at = 0;
  UnixMillis updated_at = 0;
  bool operator==(const Provider&) const = default;
};

}  // namespace penstock::model
