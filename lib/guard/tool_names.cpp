#include "guard/tool_names.h"

#include <optional>
#include <string>

#include "json/raw.h"

namespace penstock::guard {
namespace {

using Each = std::function<bool(std::string_view)>;

std::optional<std::string> nameOf(std::string_view object) {
  std::optional<std::string> name;
  json::forEachMember(object, [&](std::string_view key, std::string_view value) {
    if (key == "name") name = json::rawString(value);
    return !name;
  });
  return name;
}

bool visitAll(std::string_view declarations, const Each& each) {
  bool goes_on = true;
  json::forEachElement(declarations, [&](std::string_view declaration) {
    if (const auto name = nameOf(declaration)) goes_on = each(*name);
    return goes_on;
  });
  return goes_on;
}

// {"type":"function","function":{"name"}}, {"name",…}, {"type":"web_search"}, or Gemini's, where
// each key is a tool of Google's or a list of functions.
bool visitTool(std::string_view tool, const Each& each) {
  std::optional<std::string> name, type;
  std::string_view function;
  json::forEachMember(tool, [&](std::string_view key, std::string_view value) {
    if (key == "name") name = json::rawString(value);
    if (key == "type") type = json::rawString(value);
    if (key == "function") function = value;
    return true;
  });
  if (!name && !function.empty()) name = nameOf(function);
  if (name) return each(*name);
  if (type) return each(*type);
  bool goes_on = true;
  json::forEachMember(tool, [&](std::string_view key, std::string_view value) {
    const bool functions = key == "functionDeclarations" || key == "function_declarations";
    goes_on = functions ? visitAll(value, each) : each(key);
    return goes_on;
  });
  return goes_on;
}

}  // namespace

void forEachToolName(std::string_view body, const Each& each) {
  json::forEachMember(body, [&](std::string_view key, std::string_view value) {
    bool goes_on = true;
    if (key == "functions") goes_on = visitAll(value, each);
    if (key == "tools") {
      json::forEachElement(value, [&](std::string_view tool) {
        goes_on = visitTool(tool, each);
        return goes_on;
      });
    }
    return goes_on;
  });
}

}  // namespace penstock::guard
