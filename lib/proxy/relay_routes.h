#pragma once

#include <vector>

#include "proxy/routes.h"

namespace penstock::proxy {

// Files and batches (spec/modelux.md 2.12): OpenAI's under /v1 and /openai/v1, Anthropic's under
// /anthropic/v1 and, where the paths are not OpenAI's, /v1. Callers of /v1/files who send
// anthropic-version mean Anthropic's.
std::vector<http::Route> relayRoutes(const LoopContextOf& context_of);

}  // namespace penstock::proxy
