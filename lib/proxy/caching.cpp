#include "proxy/caching.h"

#include <fmt/format.h>

#include "cache/request_key.h"
#include "dialect/openai_outcome.h"

namespace penstock::proxy {
namespace {

// A target that was changed is another one.
std::string nameOf(const model::Provider& provider, const std::string& model) {
  return fmt::format("{}@{}/{}", provider.id, provider.updated_at, model);
}

void addTargets(const routing::Line& line, cache::KeyScope& scope) {
  for (const auto& candidate : line.candidates) {
    scope.targets.push_back(nameOf(*candidate.provider, candidate.model));
  }
  for (const auto& passed : line.passed) {
    scope.targets.push_back(nameOf(*passed.provider, passed.model));
  }
}

// Of the decision: the configs with their versions, and all who may serve, in no order. So rules
// that send requests elsewhere part them, health and load do not.
cache::KeyScope scopeOf(const Caller& caller, const model::RequestLog& row,
                        const routing::Decision& decision) {
  cache::KeyScope scope{caller.project->id, row.endpoint, decision.ab_variant, {}, {}};
  for (const std::string& config : decision.path) {
    const auto* found = caller.snapshot->findRoutingConfig(caller.project->id, config.substr(1));
    if (found == nullptr) continue;
    scope.configs.push_back(fmt::format("{}v{}", found->head.id, found->head.version));
  }
  addTargets(decision.line, scope);
  for (const routing::Branch& branch : decision.branches) addTargets(branch.line, scope);
  return scope;
}

}  // namespace

std::optional<CacheUse> cacheUseOf(const Caller& caller, const Extensions& extensions,
                                   const dialect::ChatView& request, const model::RequestLog& row,
                                   const routing::Decision& decision) {
  if (decision.config == nullptr || !decision.config->cache) return std::nullopt;
  const config::CacheRules& rules = *decision.config->cache;
  if (request.cache_skip || extensions.no_store || !extensions.provider_key.empty())
    return std::nullopt;
  if (!rules.allow_temperature && request.temperature().value_or(0) > 0) return std::nullopt;
  return CacheUse{cache::requestKey(scopeOf(caller, row, decision), request.body), rules,
                  !extensions.no_cache};
}

void keepAnswer(cache::ResponseCache& cache, const CacheUse& use, const Attempt& by,
                std::string body) {
  if (body.empty() || body.size() > cache.maxEntryBytes()) return;
  if (by.spending().outputLimit()) return;  // a budget's limit, not the request's
  const dialect::AnswerOutcome outcome = dialect::readOpenAiOutcome(body);
  if (!outcome.complete || (outcome.calls_tools && !use.rules.allow_tools)) return;
  const model::Provider& provider = *by.candidate().provider;
  cache.put(use.key,
            std::make_shared<const cache::KeptAnswer>(
                cache::KeptAnswer{std::move(body), provider.vendor, provider.id, by.bill().model}),
            use.rules.ttl_seconds);
}

}  // namespace penstock::proxy
