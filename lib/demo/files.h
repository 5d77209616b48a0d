#pragma once

#include <memory>
#include <vector>

#include "demo/shelf.h"
#include "http/router.h"

namespace penstock::demo {

// /v1/files and /v1/batches over a shelf. A batch is worked on at once, between the loop's other
// tasks.
std::vector<http::Route> fileRoutes(const std::shared_ptr<Shelf>& shelf);

}  // namespace penstock::demo
