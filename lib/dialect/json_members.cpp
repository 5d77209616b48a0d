#include "dialect/json_members.h"

#include "json/raw.h"

namespace penstock::dialect {

std::string textAt(const json::ObjectIndex& object, std::string_view key) {
  const json::Member* member = object.find(key);
  return member == nullptr ? "" : json::rawString(member->value).value_or("");
}

const json::Member* presentAt(const json::ObjectIndex& object, std::string_view key) {
  const json::Member* member = object.find(key);
  return member != nullptr && member->kind != json::Kind::Null ? member : nullptr;
}

bool scanAt(const json::ObjectIndex& object, std::string_view key, json::ObjectIndex& index) {
  const json::Member* member = object.find(key);
  return member != nullptr && member->kind == json::Kind::Object &&
         json::scanObject(member->value, index).has_value();
}

}  // namespace penstock::dialect
