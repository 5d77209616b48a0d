#include "json/value.h"

#include <cmath>

#include <fmt/format.h>

#include "json/tree.h"
#include "json/writer.h"

namespace penstock::json {
namespace {

// Recursion is bounded by the depth limit of parse().
void write(const Node& node, Writer& out) {
  if (node.IsObject()) {
    out.beginObject();
    for (const auto& member : node.GetObject()) write(member.value, out.key(textOf(member.name)));
    out.endObject();
  } else if (node.IsArray()) {
    out.beginArray();
    for (const auto& element : node.GetArray()) write(element, out);
    out.endArray();
  } else if (node.IsString()) {
    out.value(textOf(node));
  } else if (node.IsBool()) {
    out.value(node.GetBool());
  } else if (node.IsInt64()) {
    out.value(node.GetInt64());
  } else if (node.IsUint64()) {
    out.value(node.GetUint64());
  } else if (node.IsNumber()) {
    out.value(node.GetDouble());
  } else {
    out.null();
  }
}

}  // namespace

void appendPointerStep(std::string& path, std::string_view key) {
  path.push_back('/');
  for (const char c : key) {
    if (c == '~')
      path += "~0";
    else if (c == '/')
      path += "~1";
    else
      path.push_back(c);
  }
}

bool appendPointer(const Node& from, const Node* node, std::string& path) {
  if (&from == node) return true;
  const size_t length = path.size();
  if (from.IsObject()) {
    for (const auto& member : from.GetObject()) {
      appendPointerStep(path, textOf(member.name));
      if (appendPointer(member.value, node, path)) return true;
      path.resize(length);
    }
  } else if (from.IsArray()) {
    for (rapidjson::SizeType i = 0; i < from.Size(); ++i) {
      appendPointerStep(path, std::to_string(i));
      if (appendPointer(from[i], node, path)) return true;
      path.resize(length);
    }
  }
  return false;
}

Kind ValueRef::kind() const {
  switch (asNode(node_).GetType()) {
    case rapidjson::kNullType: return Kind::Null;
    case rapidjson::kFalseType:
    case rapidjson::kTrueType: return Kind::Bool;
    case rapidjson::kObjectType: return Kind::Object;
    case rapidjson::kArrayType: return Kind::Array;
    case rapidjson::kStringType: return Kind::String;
    case rapidjson::kNumberType: return Kind::Number;
  }
  return Kind::Null;
}

std::optional<std::string_view> ValueRef::asString() const {
  const Node& node = asNode(node_);
  if (!node.IsString()) return std::nullopt;
  return textOf(node);
}

std::optional<int64_t> ValueRef::asInt() const {
  const Node& node = asNode(node_);
  if (node.IsInt64()) return node.GetInt64();
  if (!node.IsDouble()) return std::nullopt;
  const double number = node.GetDouble();
  if (std::trunc(number) != number || std::fabs(number) > 9007199254740992.0) return std::nullopt;
  return static_cast<int64_t>(number);
}

std::optional<double> ValueRef::asDouble() const {
  const Node& node = asNode(node_);
  if (!node.IsNumber()) return std::nullopt;
  return node.GetDouble();
}

std::optional<bool> ValueRef::asBool() const {
  const Node& node = asNode(node_);
  if (!node.IsBool()) return std::nullopt;
  return node.GetBool();
}

ApiError ValueRef::typeError(std::string_view expected) const {
  std::string path = pointer();
  std::string message = fmt::format("{} must be {}, not {}", path.empty() ? "the value" : path,
                                    expected, kindName(kind()));
  return invalidRequest("invalid_type", std::move(message), std::move(path));
}

Result<std::string_view> ValueRef::getString() const {
  if (const auto text = asString()) return *text;
  return typeError("a string");
}

Result<int64_t> ValueRef::getInt() const {
  if (const auto number = asInt()) return *number;
  return typeError("a whole number");
}

Result<double> ValueRef::getDouble() const {
  if (const auto number = asDouble()) return *number;
  return typeError("a number");
}

Result<bool> ValueRef::getBool() const {
  if (const auto flag = asBool()) return *flag;
  return typeError("a boolean");
}

std::optional<ValueRef> ValueRef::find(std::string_view key) const {
  const Node& node = asNode(node_);
  if (!node.IsObject()) return std::nullopt;
  for (const auto& member : node.GetObject()) {
    if (textOf(member.name) == key) return ValueRef(root_, &member.value);
  }
  return std::nullopt;
}

Result<ValueRef> ValueRef::get(std::string_view key) const {
  if (!isObject()) return typeError("an object");
  if (const auto value = find(key)) return *value;
  std::string path = pointer();
  appendPointerStep(path, key);
  return invalidRequest("missing_field", fmt::format("{} is missing", path), path);
}

std::optional<std::string_view> ValueRef::stringAt(std::string_view key) const {
  const auto value = find(key);
  return value ? value->asString() : std::nullopt;
}

std::optional<int64_t> ValueRef::intAt(std::string_view key) const {
  const auto value = find(key);
  return value ? value->asInt() : std::nullopt;
}

size_t ValueRef::size() const {
  const Node& node = asNode(node_);
  if (node.IsArray()) return node.Size();
  return node.IsObject() ? node.MemberCount() : 0;
}

ValueRef ValueRef::at(size_t i) const {
  return {root_, &asNode(node_)[static_cast<rapidjson::SizeType>(i)]};
}

std::string_view ValueRef::keyAt(size_t i) const {
  return textOf((asNode(node_).MemberBegin() + static_cast<ptrdiff_t>(i))->name);
}

ValueRef ValueRef::valueAt(size_t i) const {
  return {root_, &(asNode(node_).MemberBegin() + static_cast<ptrdiff_t>(i))->value};
}

std::string ValueRef::pointer() const {
  std::string path;
  appendPointer(asNode(root_), static_cast<const Node*>(node_), path);
  return path;
}

std::string ValueRef::text() const {
  std::string out;
  appendText(out);
  return out;
}

void ValueRef::appendText(std::string& out) const {
  Writer writer(out);
  write(asNode(node_), writer);
}

}  // namespace penstock::json
