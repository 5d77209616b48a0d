#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "dialect/chat_parts.h"
#include "json/value.h"

namespace penstock::dialect {

// "/messages/0/content" as callers of these APIs are used to: "messages[0].content".
std::string dottedPath(std::string_view pointer);

// Reads typed values of a request and keeps the first error; what is wrong reads as nothing. Errors
// are InvalidRequest with the field as `param`: "invalid_type", "invalid_value", "missing_field".
class Reading {
 public:
  std::string text(json::ValueRef value);
  std::optional<int64_t> integer(json::ValueRef value);
  std::optional<double> number(json::ValueRef value);
  std::optional<bool> flag(json::ValueRef value);
  bool isObject(json::ValueRef value);  // false with an error
  bool isArray(json::ValueRef value);

  void fail(json::ValueRef at, std::string_view rule);  // "must not be empty"
  void failMissing(json::ValueRef in, std::string_view key);
  bool ok() const { return !error_; }
  ApiError takeError() { return std::move(*error_); }

 private:
  void failType(json::ValueRef at, std::string_view expected);
  void put(const char* code, std::string message, std::string path);

  std::optional<ApiError> error_;
};

inline void keep(Extras& extras, std::string_view key, json::ValueRef value) {
  extras.push_back({std::string(key), value.text()});
}

}  // namespace penstock::dialect
