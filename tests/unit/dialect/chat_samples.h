#pragma once

#include <string>
#include <string_view>

#include "json/document.h"

namespace penstock::test {

// JSON for people to read: a member a line.
inline void appendPretty(json::ValueRef value, const std::string& indent, std::string& out) {
  const bool object = value.isObject();
  if ((!object && !value.isArray()) || value.size() == 0) {
    value.appendText(out);
    return;
  }
  const std::string deeper = indent + " ";
  out += object ? "{" : "[";
  for (size_t i = 0; i < value.size(); ++i) {
    out += i == 0 ? "\n" + deeper : ",\n" + deeper;
    if (object) out += "\"" + std::string(value.keyAt(i)) + "\": ";
    appendPretty(object ? value.valueAt(i) : value.at(i), deeper, out);
  }
  out += "\n" + indent + (object ? "}" : "]");
}

inline std::string pretty(std::string_view text) {
  std::string out;
  const auto document = json::parse(text);
  if (!document) return std::string(text);
  appendPretty(document->root(), "", out);
  return out + "\n";
}

}  // namespace penstock::test
