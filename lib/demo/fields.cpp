#include "demo/fields.h"

#include <fmt/format.h>

namespace penstock::demo {
namespace {

ApiError outOfRange(json::ValueRef value, std::string_view key, const std::string& range) {
  return invalidRequest("invalid_value", fmt::format("'{}' must be {}.", key, range),
                        value.pointer());
}

}  // namespace

std::optional<json::ValueRef> findField(json::ValueRef object, std::string_view key) {
  auto value = object.find(key);
  if (value && value->isNull()) value.reset();
  return value;
}

Status readFlag(json::ValueRef object, std::string_view key, bool& into) {
  const auto value = findField(object, key);
  if (!value) return Unit{};
  auto flag = value->getBool();
  if (!flag) return std::move(flag).error();
  into = *flag;
  return Unit{};
}

Status readCount(json::ValueRef object, std::string_view key, uint64_t min, uint64_t max,
                 std::optional<uint64_t>& into) {
  const auto value = findField(object, key);
  if (!value) return Unit{};
  auto number = value->getInt();
  if (!number) return std::move(number).error();
  if (*number < 0 || static_cast<uint64_t>(*number) < min || static_cast<uint64_t>(*number) > max) {
    return outOfRange(*value, key, fmt::format("a whole number from {} to {}", min, max));
  }
  into = static_cast<uint64_t>(*number);
  return Unit{};
}

Status checkNumber(json::ValueRef object, std::string_view key, double min, double max) {
  const auto value = findField(object, key);
  if (!value) return Unit{};
  auto number = value->getDouble();
  if (!number) return std::move(number).error();
  if (*number >= min && *number <= max) return Unit{};
  return outOfRange(*value, key, fmt::format("a number from {} to {}", min, max));
}

Result<ModelName> readModel(json::ValueRef root) {
  auto field = root.get("model");
  if (!field) return std::move(field).error();
  auto name = field->getString();
  if (!name) return std::move(name).error();
  auto parsed = parseModelName(*name);
  if (!parsed) {
    parsed.error().param = "/model";
    return parsed;
  }
  const auto faults = findField(root, "demo");
  if (!faults) return parsed;
  if (Status status = readFaultField(*faults, parsed->faults); !status) {
    status.error().param = "/demo";
    return std::move(status).error();
  }
  return parsed;
}

}  // namespace penstock::demo
