#pragma once

#include <vector>

#include "base/clock.h"
#include "http/router.h"

namespace penstock::demo {

// The demo provider as an HTTP server in OpenAI's dialect: the whole of it on one screen. What it
// answers, and which faults can be asked of it, is in README.md. `clock` must outlive the handlers;
// beside it they keep the shelf of files and batches only, which is thread-safe: one table serves
// every loop.
std::vector<http::Route> demoRoutes(const Clock& clock);

// Errors of the router itself (unknown path, wrong method), in the same dialect.
http::Response renderDemoError(const http::Request& request, const ApiError& error);

}  // namespace penstock::demo
