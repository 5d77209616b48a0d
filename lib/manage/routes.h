#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "http/exchange.h"
#include "http/router.h"
#include "http/worker_pool.h"
#include "manage/resource.h"
#include "manage/services.h"

namespace penstock::manage {

// Where the API is mounted: both say the same (spec/modelux.md 1.1).
constexpr std::array<std::string_view, 2> kBasePaths = {"/manage/v1", "/api/manage/v1"};

// Every row of every resource.
std::vector<ResourceRoute> resourceTable();

// The threads that handlers run on, apart for what they wait for: a provider that does not answer
// holds up nobody but those who ask it.
struct Workers {
  http::WorkerPool& store;
  http::WorkerPool& others;
};

// The whole management API, mounted, with its documents. What is passed in outlives the routes.
std::vector<http::Route> manageRoutes(Services& services, Workers workers);

}  // namespace penstock::manage
