#pragma once

#include <string>

#include "json/value.h"

namespace penstock::cli {

// A decision trace for people: the config and what came of it, then its rules, candidates, attempts
// and budgets, each as a table where there are any.
std::string traceText(json::ValueRef trace);

}  // namespace penstock::cli
