#pragma once

#include <rapidjson/document.h>

#include <string>

#include "json/document.h"

namespace penstock::json {

// Internal to json/: what stands behind Document and ValueRef.
using Node = rapidjson::Value;

struct Document::Tree {
  std::string text;  // the document's strings are in it
  rapidjson::Document document;
};

inline const Node& asNode(const void* node) { return *static_cast<const Node*>(node); }
inline std::string_view textOf(const Node& node) {
  return {node.GetString(), node.GetStringLength()};
}

// Appends the JSON pointer of `node` below `from` to `path` and answers true if it is there.
bool appendPointer(const Node& from, const Node* node, std::string& path);
// "/" and the key with "~" and "/" escaped.
void appendPointerStep(std::string& path, std::string_view key);

}  // namespace penstock::json
