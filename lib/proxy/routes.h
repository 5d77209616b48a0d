#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "http/router.h"
#include "http/server.h"
#include "proxy/loop_context.h"

namespace penstock::proxy {

// Finds the LoopContext of the loop that an exchange belongs to.
using LoopContextOf = std::function<LoopContext&(const http::Loop&)>;

// Every route of the proxy API, under each base path it is served at (spec/modelux.md 1.1).
std::vector<http::Route> proxyRoutes(const LoopContextOf& context_of);

// For http::Server::Options::admit_body: a large body is read only for a caller with a valid key.
std::optional<ApiError> admitBody(const Context& context, const http::Request& request);
// For http::Server::Options::body_rule: files are larger than other requests, and need not be held
// in memory; recordings are passed on as they come.
http::BodyRule bodyRule(const Context& context, const http::Request& request);

}  // namespace penstock::proxy
