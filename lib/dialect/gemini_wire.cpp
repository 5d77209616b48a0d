#include "dialect/gemini_wire.h"

#include "base/text.h"

namespace penstock::dialect {

std::string camelCase(std::string_view key) {
  std::string camel;
  for (size_t i = 0; i < key.size(); ++i) {
    const bool word =
        key[i] == '_' && i > 0 && i + 1 < key.size() && key[i + 1] >= 'a' && key[i + 1] <= 'z';
    camel += word ? static_cast<char>(key[++i] - 'a' + 'A') : key[i];
  }
  return camel;
}

std::string snakeCase(std::string_view camel) {
  std::string snake;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') snake += '_';
    snake += asciiLower(c);
  }
  return snake;
}

bool isShadowed(json::ValueRef object, std::string_view key) {
  const std::string camel = camelCase(key);
  return camel != key && object.find(camel).has_value();
}

std::optional<json::ValueRef> memberOf(json::ValueRef object, std::string_view camel) {
  auto member = object.find(camel);
  if (!member) member = object.find(snakeCase(camel));
  return member && !member->isNull() ? member : std::nullopt;
}

std::string textOf(json::ValueRef object, std::string_view camel) {
  const auto member = memberOf(object, camel);
  return member ? std::string(member->asString().value_or("")) : std::string();
}

const json::Member* findEither(const json::ObjectIndex& object, std::string_view camel) {
  if (const json::Member* member = object.find(camel)) return member;
  return object.find(snakeCase(camel));
}

std::string_view spelling(const json::ObjectIndex& object, std::string_view camel) {
  const json::Member* member = findEither(object, camel);
  return member == nullptr ? camel : member->key;
}

std::string resourceName(std::string_view model) {
  return model.starts_with("models/") ? std::string(model) : "models/" + std::string(model);
}

}  // namespace penstock::dialect
