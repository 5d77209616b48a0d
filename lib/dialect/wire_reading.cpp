#include "dialect/wire_reading.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace penstock::dialect {

std::string dottedPath(std::string_view pointer) {
  std::string path;
  if (pointer.empty()) return path;
  split(pointer.substr(1), '/', [&path](std::string_view step) {
    const bool index = !step.empty() && std::all_of(step.begin(), step.end(),
                                                    [](char c) { return c >= '0' && c <= '9'; });
    if (index) {
      path += fmt::format("[{}]", step);
    } else {
      if (!path.empty()) path += '.';
      path += step;
    }
  });
  return path;
}

std::string Reading::text(json::ValueRef value) {
  const auto text = value.asString();
  if (!text) failType(value, "a string");
  return std::string(text.value_or(""));
}

std::optional<int64_t> Reading::integer(json::ValueRef value) {
  const auto number = value.asInt();
  if (!number) failType(value, "a whole number");
  return number;
}

std::optional<double> Reading::number(json::ValueRef value) {
  const auto number = value.asDouble();
  if (!number) failType(value, "a number");
  return number;
}

std::optional<bool> Reading::flag(json::ValueRef value) {
  const auto flag = value.asBool();
  if (!flag) failType(value, "a boolean");
  return flag;
}

bool Reading::isObject(json::ValueRef value) {
  if (!value.isObject()) failType(value, "an object");
  return value.isObject();
}

bool Reading::isArray(json::ValueRef value) {
  if (!value.isArray()) failType(value, "an array");
  return value.isArray();
}

void Reading::fail(json::ValueRef at, std::string_view rule) {
  if (error_) return;  // a place is looked for through the whole document
  std::string path = dottedPath(at.pointer());
  std::string message = fmt::format("Invalid value for '{}': it {}.", path, rule);
  put("invalid_value", std::move(message), std::move(path));
}

void Reading::failMissing(json::ValueRef in, std::string_view key) {
  if (error_) return;  // a place is looked for through the whole document
  std::string path = dottedPath(in.pointer() + "/" + std::string(key));
  std::string message = fmt::format("Missing required parameter: '{}'.", path);
  put("missing_field", std::move(message), std::move(path));
}

void Reading::failType(json::ValueRef at, std::string_view expected) {
  if (error_) return;  // a place is looked for through the whole document
  std::string path = dottedPath(at.pointer());
  std::string message = fmt::format("Invalid type for '{}': expected {}, but got {} instead.", path,
                                    expected, json::kindName(at.kind()));
  put("invalid_type", std::move(message), std::move(path));
}

void Reading::put(const char* code, std::string message, std::string path) {
  error_ = invalidRequest(code, std::move(message), std::move(path));
}

}  // namespace penstock::dialect
