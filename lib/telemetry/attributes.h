#pragma once

#include <cstdint>
#include <string_view>

#include "base/money.h"
#include "json/writer.h"

namespace penstock::telemetry {

// Writes the "attributes" of an OTLP span or resource, and closes the list when it goes:
//
//   "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},
//                 {"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}}]
//
// Numbers of 64 bits are strings in OTLP's JSON. What is not known is left out: empty texts, and
// numbers by the caller's `if`.
class AttributeList {
 public:
  explicit AttributeList(json::Writer& writer) : writer_(writer) {
    writer_.key("attributes").beginArray();
  }
  ~AttributeList() { writer_.endArray(); }
  AttributeList(const AttributeList&) = delete;
  AttributeList& operator=(const AttributeList&) = delete;

  void text(std::string_view key, std::string_view value);
  void integer(std::string_view key, int64_t value);
  void real(std::string_view key, double value);
  void real(std::string_view key, Money dollars);
  void yes(std::string_view key);  // true; attributes that would be false are left out

 private:
  template <typename T>
  void add(std::string_view key, std::string_view type, const T& value);

  json::Writer& writer_;
};

}  // namespace penstock::telemetry
