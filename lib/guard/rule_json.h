#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "guard/rule.h"
#include "json/reader.h"
#include "json/writer.h"

namespace penstock::guard {

// Rules as JSON; README.md has the form. Secrets of webhooks are read, never written.

// Reads an array of rules, complete, and records everything that is wrong with it: with patterns
// too, which are compiled. null and [] are no rules. `secrets` gets those that are given.
std::vector<Rule> readRules(json::ObjectReader& body, std::string_view key,
                            std::map<std::string, Secret, std::less<>>& secrets);

// What writeRules() wrote.
Result<std::vector<Rule>> parseRules(std::string_view json);

std::string writeRules(const std::vector<Rule>& rules);

}  // namespace penstock::guard
