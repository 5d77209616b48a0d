#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policies.h"
#include "json/reader.h"

// Internal to the reader of policies: bounds, and fields that several objects have.
namespace penstock::config {

constexpr size_t kMaxRoutes = 32;
constexpr json::StringBounds kNameBounds{.min = 1, .max = 64};
constexpr json::StringBounds kTextBounds{.min = 1, .max = 4096};
constexpr json::IntRange kMillis{.min = 1, .max = 600'000};

inline std::optional<Tier> readTier(json::ObjectReader& object) {
  constexpr std::array<std::string_view, 3> kTiers = {"economy", "standard", "premium"};
  const auto tier = object.choice("quality_tier", kTiers);
  return tier ? std::optional(static_cast<Tier>(*tier)) : std::nullopt;
}

template <typename T>
void requireSome(json::ObjectReader& config, std::string_view key, const std::vector<T>& found,
                 size_t least) {
  if (!config.has(key)) {
    config.fail(key, "is required");
  } else if (config.ok() && found.size() < least) {
    config.fail(key, "must have at least " + std::to_string(least));
  }
}

}  // namespace penstock::config
