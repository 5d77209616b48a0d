#include "telemetry/attributes.h"

#include <string>

namespace penstock::telemetry {

template <typename T>
void AttributeList::add(std::string_view key, std::string_view type, const T& value) {
  writer_.beginObject().field("key", key).key("value");
  writer_.beginObject().field(type, value).endObject().endObject();
}

void AttributeList::text(std::string_view key, std::string_view value) {
  if (!value.empty()) add(key, "stringValue", value);
}

void AttributeList::integer(std::string_view key, int64_t value) {
  add(key, "intValue", std::to_string(value));
}

void AttributeList::real(std::string_view key, double value) { add(key, "doubleValue", value); }

void AttributeList::real(std::string_view key, Money dollars) { add(key, "doubleValue", dollars); }

void AttributeList::yes(std::string_view key) { add(key, "boolValue", true); }

}  // namespace penstock::telemetry
