#pragma once

#include <optional>
#include <string>

#include "base/digest.h"
#include "cache/response_cache.h"
#include "config/cache_rules.h"
#include "dialect/chat_view.h"
#include "model/request_log.h"
#include "proxy/admission.h"
#include "proxy/attempt.h"
#include "proxy/extensions.h"
#include "routing/decision.h"

namespace penstock::proxy {

// What one request may take of the cache and leave there.
struct CacheUse {
  Sha256 key{};
  config::CacheRules rules;
  bool look_up = true;
};

// Nothing where its routing config keeps no answers, or this request is none of those that it keeps
// them of: with a temperature above 0 (one that is absent counts as 0), with a key of the caller's
// own for the provider, with `mlx:cache.skip`, or `no-store`. The same answer is for requests of
// one project that say the same and may be served by the same targets.
std::optional<CacheUse> cacheUseOf(const Caller& caller, const Extensions& extensions,
                                   const dialect::ChatView& request, const model::RequestLog& row,
                                   const routing::Decision& decision);

// Leaves a whole answer in the cache, if it is one to be kept: complete, within the request's own
// limits, and without calls of tools unless the rules let them be.
void keepAnswer(cache::ResponseCache& cache, const CacheUse& use, const Attempt& by,
                std::string body);

}  // namespace penstock::proxy
