#include "model/vendor.h"

namespace penstock::model {
namespace {

constexpr std::string_view kOpenAiPrefixes[] = {"gpt-", "o1", "o3", "o4", "text-embedding-"};
constexpr std::string_view kDemoPrefixes[] = {"demo-"};
constexpr std::string_view kDemoModels[] = {"demo-chat", "demo-embedding"};
constexpr std::string_view kAnthropicPrefixes[] = {"claude-"};
constexpr std::string_view kGooglePrefixes[] = {"gemini-"};

constexpr Vendor kVendors[] = {
    {"openai", "https://api.openai.com/v1", kOpenAiPrefixes},
    {"demo", "internal://demo/v1", kDemoPrefixes, kDemoModels},
};
// Known by name only.
constexpr Vendor kFutureVendors[] = {
    {"anthropic", "", kAnthropicPrefixes},
    {"google", "", kGooglePrefixes},
};

std::string_view match(std::span<const Vendor> rows, std::string_view model) {
  for (const Vendor& vendor : rows) {
    for (const std::string_view prefix : vendor.bare_prefixes) {
      if (model.starts_with(prefix)) return vendor.id;
    }
  }
  return {};
}

}  // namespace

std::span<const Vendor> vendors() { return kVendors; }

const Vendor* findVendor(std::string_view id) {
  for (const Vendor& vendor : kVendors) {
    if (vendor.id == id) return &vendor;
  }
  return nullptr;
}

std::string_view vendorOfBareModel(std::string_view model) {
  const std::string_view known = match(kVendors, model);
  return known.empty() ? match(kFutureVendors, model) : known;
}

std::string_view bareModelPrefixes() {
  return "gpt-*, o1*, o3*, o4*, text-embedding-*, claude-*, gemini-*, demo-*";
}

}  // namespace penstock::model
