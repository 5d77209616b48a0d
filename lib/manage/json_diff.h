#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "json/writer.h"

namespace penstock::manage {

// One difference between two JSON values: in a member or element at that pointer. Only what is
// there has a text.
struct JsonChange {
  std::string path;
  std::optional<std::string> before;  // compact JSON
  std::optional<std::string> after;
  bool operator==(const JsonChange&) const = default;
};

// What turns `before` into `after`, in the order of their members. Arrays are compared element by
// element; values of different kinds are replaced whole. Recurses as deep as the values are, which
// the parse bounds.
std::vector<JsonChange> diffJson(json::ValueRef before, json::ValueRef after);
// Of texts that are valid JSON.
std::vector<JsonChange> diffJson(std::string_view before, std::string_view after);

// [{"op":"add"|"remove"|"replace","path","before","after"}]
void writeChanges(json::Writer& out, const std::vector<JsonChange>& changes);

}  // namespace penstock::manage
