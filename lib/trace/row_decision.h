#pragma once

#include <string>

#include "model/request_log.h"

namespace penstock::trace {

// The decision trace of a logged request as JSON: the one that was stored with it, or, of a row
// from before there were any, what its columns tell: the target that served or was tried last.
std::string decisionOf(const model::RequestLog& row);

}  // namespace penstock::trace
