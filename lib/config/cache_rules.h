#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "json/reader.h"

namespace penstock::config {

// What a routing config says of keeping answers and giving them again to requests that are the
// same, byte for byte, wherever it matters:
//
//   {"mode":"exact","ttl_seconds":3600,"allow_temperature":false,"allow_tools":false}
//
// Only `exact` is built. All members may be left out.
struct CacheRules {
  int64_t ttl_seconds = 3600;      // how long an answer is kept, at most
  bool allow_temperature = false;  // also of requests with a temperature above 0
  bool allow_tools = false;        // also answers that call tools
  bool operator==(const CacheRules&) const = default;
};

constexpr json::IntRange kCacheTtlSeconds{.min = 1, .max = 2'592'000};

// Of the vectors that a config may ask for.
constexpr json::IntRange kEmbeddingDimensions{.min = 1, .max = 4096};

// Reads the object; what is wrong is recorded in the reader.
CacheRules readCacheRules(json::ObjectReader& cache);

// The canonical form, which is what the store keeps.
std::string cacheRulesJson(const CacheRules& rules);

// Of what the store keeps; nothing where it keeps none. Unprocessable when it does not hold.
Result<std::optional<CacheRules>> parseCacheRules(const std::string& cache_json);

}  // namespace penstock::config
