#include "plan_text.h"

#include <algorithm>

#include "table.h"

namespace penstock::cli {
namespace {

// "/config/model" → "config.model".
std::string dotted(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  std::string text;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '~' && i + 1 < path.size()) {
      text += path[++i] == '1' ? '/' : '~';
    } else {
      text += path[i] == '/' ? '.' : path[i];
    }
  }
  return text;
}

// Texts without quotes, the rest as JSON.
std::string shown(std::optional<json::ValueRef> value) {
  if (!value || value->isNull()) return "none";
  const auto text = value->asString();
  if (!text) return printable(value->text());
  return text->empty() ? "\"\"" : printable(*text);
}

// "routing_config" → "routing config".
std::string kindOf(json::ValueRef thing) {
  std::string name(thing.stringAt("resource").value_or(""));
  std::ranges::replace(name, '_', ' ');
  return printable(name);
}

// "default/@support": with the project before it, as `@slug` where requests say so.
std::string nameOf(json::ValueRef thing) {
  const std::string_view resource = thing.stringAt("resource").value_or("");
  const std::string_view project = thing.stringAt("project").value_or("");
  std::string name(thing.stringAt("name").value_or(""));
  const bool inside = !project.empty() && resource != "project";
  const bool bare = name.find_first_of("@/") == std::string::npos;
  if (resource == "routing_config" && bare) name = "@" + name;
  if (inside) name = std::string(project) + "/" + name;
  return printable(name);
}

std::string changeText(json::ValueRef change, Colour colour) {
  const std::string_view op = change.stringAt("op").value_or("");
  const std::string what = std::string(op) + " " + kindOf(change) + " " + nameOf(change);
  if (op == "create") return painted("+ " + what, kGreen, colour) + "\n";
  if (op == "delete") return painted("- " + what, kRed, colour) + "\n";
  return painted("~ " + what, kYellow, colour) + "\n" + fieldLines(change.find("fields"), "    ");
}

}  // namespace

std::string fieldLines(std::optional<json::ValueRef> fields, const std::string& indent) {
  std::string text;
  if (!fields) return text;
  for (const json::ValueRef field : fields->elements()) {
    text += indent + printable(dotted(field.stringAt("path").value_or(""))) + ": " +
            shown(field.find("before")) + " → " + shown(field.find("after")) + "\n";
  }
  return text;
}

std::string planText(json::ValueRef plan, Colour colour) {
  std::string text;
  if (const auto changes = plan.find("changes")) {
    for (const json::ValueRef change : changes->elements()) text += changeText(change, colour);
  }
  if (const auto unmanaged = plan.find("unmanaged")) {
    for (const json::ValueRef thing : unmanaged->elements()) {
      text += painted("? unmanaged " + kindOf(thing) + " " + nameOf(thing), kGrey, colour) + "\n";
    }
  }
  return text;
}

}  // namespace penstock::cli
