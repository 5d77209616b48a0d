#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "demo/faults.h"
#include "json/value.h"

namespace penstock::demo {

// A member that is there and not null: OpenAI takes null for absent.
std::optional<json::ValueRef> findField(json::ValueRef object, std::string_view key);

// Absent fields leave `into` as it is; wrong ones are errors that name the field.
Status readFlag(json::ValueRef object, std::string_view key, bool& into);
Status readCount(json::ValueRef object, std::string_view key, uint64_t min, uint64_t max,
                 std::optional<uint64_t>& into);
// A number that is only checked.
Status checkNumber(json::ValueRef object, std::string_view key, double min, double max);

// The required field `model` and the optional field `demo`, taken together.
Result<ModelName> readModel(json::ValueRef root);

}  // namespace penstock::demo
