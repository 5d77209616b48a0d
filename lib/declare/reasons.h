#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "declare/document.h"
#include "json/value.h"

namespace penstock::declare {

// Why a setting of another gateway, by its name, is not carried over. A feature that Penstock
// learns loses its rows there and gains a reader in the importer.
std::string_view reasonFor(std::string_view setting);

// True for what says nothing: null, false, "", 0, [] and {}.
bool saysNothing(json::ValueRef value);

// A note for every member of `object` that says something and is not in `known`.
void reportOthers(json::ValueRef object, const std::string& where,
                  std::span<const std::string_view> known, std::vector<Note>& report,
                  const std::string& source = "config");
inline void reportOthers(json::ValueRef object, const std::string& where,
                         std::initializer_list<std::string_view> known, std::vector<Note>& report) {
  reportOthers(object, where, std::span(known.begin(), known.size()), report);
}

}  // namespace penstock::declare
