#include "plan_text.h"

#include "json/writer.h"

namespace penstock::cli {
namespace {

constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kRed = "\x1b[31m";
constexpr const char* kGrey = "\x1b[90m";
constexpr const char* kPlain = "\x1b[0m";

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

// Texts without quotes unless they are empty or could steer the terminal; the rest as JSON.
std::string shown(std::optional<json::ValueRef> value) {
  if (!value || value->isNull()) return "none";
  const auto text = value->asString();
  if (!text) return value->text();
  for (const char c : *text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return json::quoted(*text);
  }
  return text->empty() ? "\"\"" : std::string(*text);
}

std::string plainName(std::string_view text) {
  std::string name(text);
  for (char& c : name) {
    if (c == '_') c = ' ';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return name;
}

std::string nameOf(json::ValueRef thing) {
  std::string name(thing.stringAt("name").value_or(""));
  for (char& c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return name;
}

std::string painted(const std::string& line, const char* ink, Colour colour) {
  return colour == Colour::Yes ? ink + line + kPlain + "\n" : line + "\n";
}

std::string changeText(json::ValueRef change, Colour colour) {
  const std::string_view op = change.stringAt("op").value_or("");
  const std::string what = std::string(op) + " " +
                           plainName(change.stringAt("resource").value_or("")) + " " +
                           nameOf(change);
  if (op == "create") return painted("+ " + what, kGreen, colour);
  if (op == "delete") return painted("- " + what, kRed, colour);
  return painted("~ " + what, kYellow, colour) + fieldLines(change.find("fields"), "    ");
}

}  // namespace

std::string fieldLines(std::optional<json::ValueRef> fields, const std::string& indent) {
  std::string text;
  if (!fields) return text;
  for (const json::ValueRef field : fields->elements()) {
    text += indent + dotted(field.stringAt("path").value_or("")) + ": " +
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
      text += painted(
          "? unmanaged " + plainName(thing.stringAt("resource").value_or("")) + " " + nameOf(thing),
          kGrey, colour);
    }
  }
  return text;
}

}  // namespace penstock::cli
