#include "manage/provider_fields.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "config/slug.h"
#include "http/address.h"
#include "http/client.h"
#include "manage/body.h"
#include "manage/provider_credentials.h"
#include "manage/provider_settings.h"
#include "provider/endpoint.h"

namespace penstock::manage {
namespace {

// What a vendor that is not known might have taken: no further errors of it.
constexpr const char* kOfVendors[] = {"region",      "project",     "location",
                                      "api_version", "deployments", "credentials"};

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

// The origin, or nothing with an error recorded when there is none that may be used.
std::optional<http::Origin> checkBaseUrl(json::ObjectReader& body,
                                         const model::Provider& provider) {
  if (!provider.base_url) return std::nullopt;
  auto url = http::parseBaseUrl(*provider.base_url);
  if (!url) {
    body.fail("base_url", url.error().message);
    return std::nullopt;
  }
  if (!provider.allow_private && http::isPrivateHost(url->origin.host)) {
    body.fail("base_url",
              "is a loopback or private address; only a provider with \"private\": "
              "true may live there");
    return std::nullopt;
  }
  return url->origin;
}

// Where the provider is called, as an origin to compare with.
std::optional<http::Origin> originOf(const model::Provider& provider) {
  auto url = http::parseBaseUrl(provider.base_url.value_or(provider::homeUrl(provider)));
  if (!url) return std::nullopt;
  return url->origin;
}

bool isBuiltIn(const model::Vendor& vendor) {
  return vendor.base_url.starts_with(model::kInternalScheme);
}

std::string homeHost(const model::Provider& provider) {
  const auto url = http::parseBaseUrl(provider::homeUrl(provider));
  return url ? url->origin.host : std::string();
}

bool isAtHome(const model::Provider& provider) {
  if (!provider.base_url) return true;
  const auto origin = originOf(provider);
  return origin && origin->host == homeHost(provider);
}

// A model server's own address is this machine: who adds one without an address means that.
void assumeLocal(json::ObjectReader& body, model::Provider& provider) {
  const std::string host = homeHost(provider);
  const bool local = !provider.base_url && !host.empty() && http::isPrivateHost(host);
  if (!local) return;
  if (!body.has("private")) provider.allow_private = true;
  if (!provider.allow_private) {
    body.fail("private", "must be true: without a base_url the provider lives at " + host);
  }
}

void checkTogether(json::ObjectReader& body, const model::Vendor& vendor,
                   const model::Provider& provider) {
  checkBaseUrl(body, provider);
  if (isBuiltIn(vendor)) {
    if (provider.base_url) body.fail("base_url", "the built-in provider has no address");
    return;
  }
  const bool addressless = vendor.base_url.empty() && !provider.base_url;
  if (addressless && (!body.has("base_url") || body.isNull("base_url"))) {
    body.fail("base_url", "is required: each customer of " + std::string(vendor.name) +
                              " has an address of their own");
  }
  const bool keyed = vendor.keys != model::KeyScheme::None &&
                     provider.credentials.kind == model::CredentialKind::ApiKey;
  const bool unsaid = !body.has("api_key") || body.isNull("api_key");
  if (keyed && provider.api_key.empty() && unsaid && isAtHome(provider)) {
    const std::string host = homeHost(provider);
    body.fail("api_key", "is required for " + (host.empty() ? std::string(vendor.name) : host));
  }
  checkAmbient(body, vendor, provider);
}

enum class Secrets : unsigned char { Kept, GivenAnew };

// What goes with a secret from one address to another is given again. From one of the vendor's
// regions to another it stays with the vendor.
void checkMove(json::ObjectReader& body, const model::Provider& before,
               const model::Provider& provider, Secrets credentials) {
  const bool at_home = !before.base_url && !provider.base_url;
  if (at_home || originOf(before) == originOf(provider)) return;
  constexpr const char* kAgain = "must be given again when base_url moves to another host";
  if (!before.api_key.empty() && !body.has("api_key")) body.fail("api_key", kAgain);
  if (!before.credentials.secret.empty() && credentials == Secrets::Kept) {
    body.fail("credentials", kAgain);
  }
}

}  // namespace

const model::Vendor* readVendor(json::ObjectReader& body) {
  requireField(body, "vendor");
  const auto name = body.string("vendor", {.min = 1, .max = 64});
  if (!name) return nullptr;
  const model::Vendor* vendor = model::findVendor(*name);
  if (vendor != nullptr) return vendor;
  std::string known;
  for (const model::Vendor& row : model::vendors()) {
    known.append(known.empty() ? "" : ", ").append(row.id);
  }
  body.fail("vendor", "must be one of " + known);
  return nullptr;
}

void readProvider(json::ObjectReader& body, model::Provider& provider, Edit edit) {
  const model::Provider before = provider;
  const model::Vendor* vendor = model::findVendor(provider.vendor);
  readName(body, provider);
  readKey(body, provider);
  readBaseUrl(body, provider);
  provider.allow_private = body.boolean("private").value_or(provider.allow_private);
  readDefault(body, provider);
  Secrets credentials = Secrets::Kept;
  if (vendor != nullptr) {
    readSettings(body, *vendor, provider);
    if (readCredentials(body, *vendor, provider)) credentials = Secrets::GivenAnew;
    if (edit == Edit::Create) assumeLocal(body, provider);
    checkTogether(body, *vendor, provider);
  } else {
    checkBaseUrl(body, provider);
    for (const char* field : kOfVendors) body.has(field);
  }
  if (edit == Edit::Update) checkMove(body, before, provider, credentials);
  auto model = body.string("default_model", {.min = 0, .max = 256});
  if (!model && edit == Edit::Create && vendor != nullptr && isAtHome(provider)) {
    model = vendor->default_model;
  }
  if (model) provider.default_model = *std::move(model);
  readQuotaGroup(body, provider);
  readLimit(body, "max_concurrency", {.min = 1, .max = 100'000}, provider.max_concurrency);
  readLimit(body, "probe_interval_seconds", {.min = 5, .max = 86'400},
            provider.probe_interval_seconds);
}

bool sameCalls(const model::Provider& a, const model::Provider& b) {
  return a.base_url == b.base_url && a.api_key == b.api_key && a.allow_private == b.allow_private &&
         a.credentials == b.credentials && a.settings == b.settings;
}

}  // namespace penstock::manage
