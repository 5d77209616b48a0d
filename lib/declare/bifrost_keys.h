#pragma once

#include <map>
#include <string>
#include <vector>

#include "declare/document.h"
#include "json/value.h"

namespace penstock::declare {

// Names of Bifrost's providers that are carried over → names of ours, the first key's first.
using ProviderNames = std::map<std::string, std::vector<std::string>, std::less<>>;

// The governance part of importBifrost(). `empty_is_all`: version 1 of the file.
void importBifrostGovernance(json::ValueRef governance, const ProviderNames& providers,
                             bool empty_is_all, Imported& imported);

}  // namespace penstock::declare
