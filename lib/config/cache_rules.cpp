#include "config/cache_rules.h"

#include "json/document.h"
#include "json/writer.h"

namespace penstock::config {

CacheRules readCacheRules(json::ObjectReader& cache) {
  constexpr size_t kSemantic = 1;
  CacheRules rules;
  if (cache.choice("mode", {"exact", "semantic"}) == kSemantic) {
    cache.fail("mode", "semantic is not built yet: only exact is");
  }
  if (const auto ttl = cache.integer("ttl_seconds", kCacheTtlSeconds)) rules.ttl_seconds = *ttl;
  rules.allow_temperature = cache.boolean("allow_temperature").value_or(false);
  rules.allow_tools = cache.boolean("allow_tools").value_or(false);
  return rules;
}

std::string cacheRulesJson(const CacheRules& rules) {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("mode", "exact").field("ttl_seconds", rules.ttl_seconds);
  out.field("allow_temperature", rules.allow_temperature);
  out.field("allow_tools", rules.allow_tools).endObject();
  return text;
}

Result<std::optional<CacheRules>> parseCacheRules(const std::string& cache_json) {
  if (cache_json.empty()) return std::optional<CacheRules>();
  auto document = json::parse(cache_json, {}, "cache");
  if (!document) return std::move(document).error();
  json::ObjectReader reader(document->root());
  const CacheRules rules = readCacheRules(reader);
  if (Status sound = reader.finish(); !sound) return std::move(sound).error();
  return std::optional(rules);
}

}  // namespace penstock::config
