#include "manage/provider_fields.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "config/slug.h"
#include "http/address.h"
#include "http/client.h"
#include "manage/body.h"
#include "store/provision.h"

namespace penstock::manage {
namespace {

constexpr std::array kVendors = {
    Vendor{"openai", "api.openai.com", "gpt-4o-mini"},
    Vendor{store::kDemoVendor, "", store::kDemoModel},
};

constexpr json::StringBounds kKeyBounds{.min = 1, .max = 8192};
constexpr json::StringBounds kUrlBounds{.min = 1, .max = 2048};

void readName(json::ObjectReader& body, model::Provider& provider) {
  auto name = body.string("name", kName);
  if (!name) return;
  if (!config::isSlug(*name)) {
    const std::string slug = config::slugOf(*name);
    body.fail("name", "must be made of a-z, 0-9, '-' and '_', since NAME/model addresses it" +
                          (slug.empty() ? std::string() : "; try " + slug));
  }
  provider.name = std::move(*name);
}

// It travels in a header.
bool isHeaderText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

void readKey(json::ObjectReader& body, model::Provider& provider) {
  if (body.isNull("api_key")) {
    provider.api_key = Secret();
  } else if (auto key = body.string("api_key", kKeyBounds)) {
    if (!isHeaderText(*key)) body.fail("api_key", "must be printable ASCII without spaces");
    provider.api_key = Secret(std::move(*key));
  }
}

void readBaseUrl(json::ObjectReader& body, model::Provider& provider) {
  if (body.isNull("base_url")) {
    provider.base_url.reset();
  } else if (auto url = body.string("base_url", kUrlBounds)) {
    provider.base_url = std::move(url);
  }
}

void readDefault(json::ObjectReader& body, model::Provider& provider) {
  const auto wanted = body.boolean("default");
  if (!wanted) return;
  if (!*wanted && provider.is_default) {
    body.fail("default", "make another provider of the vendor the default instead");
  }
  provider.is_default = *wanted;
}

// Providers of one group share their limits at the vendor, whatever their keys.
void readQuotaGroup(json::ObjectReader& body, model::Provider& provider) {
  if (body.isNull("quota_group")) {
    provider.quota_group.clear();
  } else if (auto group = body.string("quota_group", {.min = 1, .max = 64})) {
    if (!config::isSlug(*group)) body.fail("quota_group", "must be made of a-z, 0-9, '-' and '_'");
    provider.quota_group = *std::move(group);
  }
}

bool isLocalName(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host == "localhost" || host.ends_with(".localhost");
}

// What can be told before DNS; the client checks again when it connects.
bool isPrivateHost(const std::string& host) {
  const auto address = http::parseAddress(host, 0);
  return address ? !http::isPublicAddress(*address) : isLocalName(host);
}

// The origin, or nothing with an error recorded when there is none that may be used.
std::optional<http::Origin> checkBaseUrl(json::ObjectReader& body,
                                         const model::Provider& provider) {
  if (!provider.base_url) return std::nullopt;
  auto url = http::parseBaseUrl(*provider.base_url);
  if (!url) {
    body.fail("base_url", url.error().message);
    return std::nullopt;
  }
  if (!provider.allow_private && isPrivateHost(url->origin.host)) {
    body.fail("base_url",
              "is a loopback or private address; only a provider with \"private\": "
              "true may live there");
    return std::nullopt;
  }
  return url->origin;
}

// Where the vendor itself lives, as an origin to compare with.
std::optional<http::Origin> originOf(const model::Provider& provider) {
  const Vendor* vendor = findVendor(provider.vendor);
  if (!provider.base_url && (vendor == nullptr || vendor->host.empty())) return std::nullopt;
  auto url = http::parseBaseUrl(provider.base_url.value_or("https://" + std::string(vendor->host)));
  if (!url) return std::nullopt;
  return url->origin;
}

void checkTogether(json::ObjectReader& body, const model::Provider& provider) {
  const auto origin = checkBaseUrl(body, provider);
  const Vendor* vendor = findVendor(provider.vendor);
  if (vendor == nullptr) return;
  const bool at_home = !provider.base_url || (origin && origin->host == vendor->host);
  if (vendor->host.empty()) {
    if (provider.base_url) body.fail("base_url", "the built-in provider has no address");
  } else if (at_home && provider.api_key.empty() &&
             (!body.has("api_key") || body.isNull("api_key"))) {
    body.fail("api_key", "is required for " + std::string(vendor->host));
  }
}

std::string defaultModel(const model::Provider& provider) {
  const Vendor* vendor = findVendor(provider.vendor);
  if (vendor == nullptr) return {};
  const auto origin = originOf(provider);
  const bool at_home = vendor->host.empty() || (origin && origin->host == vendor->host);
  return at_home ? std::string(vendor->default_model) : std::string();
}

}  // namespace

const Vendor* findVendor(std::string_view id) {
  const auto* const found = std::ranges::find(kVendors, id, &Vendor::id);
  return found == kVendors.end() ? nullptr : found;
}

const Vendor* readVendor(json::ObjectReader& body) {
  std::array<std::string_view, kVendors.size()> ids;
  std::ranges::transform(kVendors, ids.begin(), &Vendor::id);
  requireField(body, "vendor");
  const auto chosen = body.choice("vendor", ids);
  return chosen ? &kVendors[*chosen] : nullptr;
}

void readProvider(json::ObjectReader& body, model::Provider& provider, Edit edit) {
  const model::Provider before = provider;
  readName(body, provider);
  readKey(body, provider);
  readBaseUrl(body, provider);
  provider.allow_private = body.boolean("private").value_or(provider.allow_private);
  readDefault(body, provider);
  checkTogether(body, provider);
  if (edit == Edit::Update && !before.api_key.empty() && !body.has("api_key") &&
      originOf(before) != originOf(provider)) {
    body.fail("api_key", "must be given again when base_url moves to another host");
  }
  auto model = body.string("default_model", {.min = 0, .max = 256});
  if (!model && edit == Edit::Create) model = defaultModel(provider);
  if (model) provider.default_model = *std::move(model);
  readQuotaGroup(body, provider);
  readLimit(body, "max_concurrency", {.min = 1, .max = 100'000}, provider.max_concurrency);
  readLimit(body, "probe_interval_seconds", {.min = 5, .max = 86'400},
            provider.probe_interval_seconds);
}

}  // namespace penstock::manage
