#include "declare/source_vendor.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace penstock::declare {
namespace {

// Without an address of their own in LiteLLM.
constexpr std::string_view kAddressless[] = {"hosted_vllm", "lm_studio",     "sgl",
                                             "openai_like", "custom_openai", "litellm_proxy"};

// Vendors of theirs whose APIs Penstock does not speak.
constexpr std::string_view kOthers[] = {
    "bedrock_mantle", "azure_ai",   "sagemaker", "replicate", "watsonx",
    "databricks",     "elevenlabs", "runway",    "runware",   "text-completion-openai"};

struct BarePrefix {
  std::string_view prefix, vendor;
};
constexpr BarePrefix kBare[] = {
    {"gpt-", "openai"},    {"chatgpt-", "openai"},   {"o1", "openai"},
    {"o3", "openai"},      {"o4", "openai"},         {"text-embedding-", "openai"},
    {"dall-e-", "openai"}, {"whisper-", "openai"},   {"tts-", "openai"},
    {"ft:gpt-", "openai"}, {"claude-", "anthropic"}, {"gemini-", "gemini"},
    {"command", "cohere"},
};

bool needsOtherCredentials(const model::Vendor& vendor) {
  return vendor.family == model::Family::Bedrock || vendor.family == model::Family::Vertex;
}

std::string_view hostOf(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

bool isPrivateV4(std::string_view host) {
  std::array<uint64_t, 4> parts{};
  size_t count = 0;
  bool numeric = true;
  split(host, '.', [&](std::string_view part) {
    const auto number = parseUnsigned(part);
    numeric = numeric && number && *number < 256 && count < 4;
    if (numeric) parts[count++] = *number;
  });
  if (!numeric || count != 4) return false;
  return parts[0] == 10 || parts[0] == 127 || (parts[0] == 192 && parts[1] == 168) ||
         (parts[0] == 172 && parts[1] >= 16 && parts[1] < 32) ||
         (parts[0] == 169 && parts[1] == 254) || (parts[0] == 100 && (parts[1] & 0xC0) == 64);
}

}  // namespace

std::optional<SourceVendor> findSourceVendor(std::string_view name) {
  const model::Vendor* vendor = model::findVendor(name);
  if (vendor == nullptr || vendor->base_url.starts_with(model::kInternalScheme)) return {};
  if (needsOtherCredentials(*vendor)) return {};
  const bool addressless =
      vendor->base_url.empty() || std::ranges::find(kAddressless, name) != std::end(kAddressless);
  return SourceVendor{vendor, addressless};
}

bool isVendorName(std::string_view name) {
  return model::findVendor(name) != nullptr ||
         std::ranges::find(kOthers, name) != std::end(kOthers);
}

std::string_view whyNotCarriedOver(std::string_view name) {
  const model::Vendor* vendor = model::findVendor(name);
  if (vendor != nullptr && needsOtherCredentials(*vendor)) {
    return "is not carried over, for its credentials are more than a key; see penstock provider "
           "add";
  }
  return isVendorName(name) ? "is not carried over, for Penstock does not speak its API"
                            : "is not known here";
}

std::string baseUrlOf(const model::Vendor& vendor, std::string url) {
  const auto cut = [&url](std::string_view end) {
    while (url.ends_with('/')) url.pop_back();
    if (!end.empty() && url.ends_with(end)) url.resize(url.size() - end.size());
  };
  switch (vendor.family) {
    case model::Family::Anthropic:
      cut("/messages");
      cut("/v1");
      break;
    case model::Family::Google: cut("/v1beta"); break;
    default: break;
  }
  cut("");
  return url;
}

std::string_view assumedUrl(const model::Vendor& vendor) {
  return isPrivateUrl(vendor.base_url) ? vendor.base_url : std::string_view();
}

std::string_view vendorOfBareName(std::string_view model) {
  for (const BarePrefix& row : kBare) {
    if (model.starts_with(row.prefix)) return row.vendor;
  }
  return {};
}

bool isPrivateUrl(std::string_view url) {
  const std::string host = asciiLower(hostOf(url));
  if (host.empty() || host.find('$') != std::string::npos) return false;
  if (host.starts_with('[')) {
    return host == "[::1]" || host.starts_with("[fc") || host.starts_with("[fd") ||
           host.starts_with("[fe80");
  }
  return host.find('.') == std::string::npos || isPrivateV4(host) || host.ends_with(".local") ||
         host.ends_with(".internal") || host.ends_with(".localhost") || host.ends_with(".lan");
}

}  // namespace penstock::declare
