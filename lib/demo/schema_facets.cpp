#include "demo/schema_facets.h"

#include <unordered_set>

#include "base/text.h"

namespace penstock::demo {
namespace {

constexpr size_t kMaxParts = 64;  // also what ends a $ref that points at itself

bool isNullSchema(json::ValueRef schema) { return schema.stringAt("type") == "null"; }

bool isSimple(json::ValueRef schema) {
  const auto type = schema.stringAt("type");
  return schema.find("const") || schema.find("enum") ||
         (type && *type != "object" && *type != "array");
}

std::optional<json::ValueRef> chooseBranch(json::ValueRef options, SchemaFacets::Branch branch) {
  if (options.size() == 0) return std::nullopt;
  for (json::ValueRef option : options.elements()) {
    const bool wanted =
        branch == SchemaFacets::Branch::Simplest ? isSimple(option) : !isNullSchema(option);
    if (wanted) return option;
  }
  return options.at(0);
}

std::string unescapePointer(std::string_view part) {
  std::string text;
  for (size_t i = 0; i < part.size(); ++i) {
    const bool escape = part[i] == '~' && i + 1 < part.size();
    if (!escape) {
      text += part[i];
      continue;
    }
    text += part[++i] == '1' ? '/' : '~';
  }
  return text;
}

std::string_view declaredType(json::ValueRef type) {
  if (const auto name = type.asString()) return *name;
  for (json::ValueRef option : type.elements()) {
    if (const auto name = option.asString(); name && *name != "null") return *name;
  }
  return type.size() > 0 ? "null" : "";
}

}  // namespace

SchemaFacets::SchemaFacets(json::ValueRef root, json::ValueRef schema, Branch branch)
    : root_(root) {
  collect(schema, branch);
}

void SchemaFacets::collect(json::ValueRef schema, Branch branch) {
  if (!schema.isObject() || parts_.size() >= kMaxParts) return;
  parts_.push_back(schema);
  if (const auto reference = schema.stringAt("$ref")) {
    if (const auto target = resolve(*reference)) collect(*target, branch);
  }
  if (const auto all = schema.find("allOf")) {
    for (json::ValueRef part : all->elements()) collect(part, branch);
  }
  for (const char* keyword : {"anyOf", "oneOf"}) {
    const auto options = schema.find(keyword);
    if (!options || !options->isArray()) continue;
    if (const auto chosen = chooseBranch(*options, branch)) collect(*chosen, branch);
  }
}

// "#/$defs/step" → the value there. References out of the document are not followed.
std::optional<json::ValueRef> SchemaFacets::resolve(std::string_view reference) const {
  if (!reference.starts_with('#')) return std::nullopt;
  std::optional<json::ValueRef> at = root_;
  if (reference.size() < 2) return at;
  split(reference.substr(2), '/', [&](std::string_view part) {
    if (at) at = at->find(unescapePointer(part));
  });
  return at;
}

std::optional<json::ValueRef> SchemaFacets::find(std::string_view keyword) const {
  for (json::ValueRef part : parts_) {
    if (auto value = part.find(keyword)) return value;
  }
  return std::nullopt;
}

std::optional<double> SchemaFacets::greatest(std::string_view keyword) const {
  std::optional<double> best;
  for (json::ValueRef part : parts_) {
    const auto value = part.find(keyword);
    const auto number = value ? value->asDouble() : std::nullopt;
    if (number && (!best || *number > *best)) best = number;
  }
  return best;
}

std::optional<double> SchemaFacets::least(std::string_view keyword) const {
  std::optional<double> best;
  for (json::ValueRef part : parts_) {
    const auto value = part.find(keyword);
    const auto number = value ? value->asDouble() : std::nullopt;
    if (number && (!best || *number < *best)) best = number;
  }
  return best;
}

std::string_view SchemaFacets::type() const {
  if (const auto type = find("type")) {
    if (const std::string_view name = declaredType(*type); !name.empty()) return name;
  }
  if (find("properties") || find("required") || find("additionalProperties")) return "object";
  if (find("items") || find("prefixItems") || find("minItems")) return "array";
  if (find("minimum") || find("maximum") || find("multipleOf")) return "number";
  return "string";
}

std::vector<std::string_view> SchemaFacets::required() const {
  std::vector<std::string_view> names;
  std::unordered_set<std::string_view> known;
  for (json::ValueRef part : parts_) {
    const auto list = part.find("required");
    if (!list) continue;
    for (json::ValueRef item : list->elements()) {
      const auto name = item.asString();
      if (name && known.insert(*name).second) names.push_back(*name);
    }
  }
  return names;
}

std::vector<json::MemberRef> SchemaFacets::properties() const {
  std::vector<json::MemberRef> found;
  std::unordered_set<std::string_view> known;
  for (json::ValueRef part : parts_) {
    const auto list = part.find("properties");
    if (!list) continue;
    for (const json::MemberRef& member : list->members()) {
      if (known.insert(member.key).second) found.push_back(member);
    }
  }
  return found;
}

}  // namespace penstock::demo
