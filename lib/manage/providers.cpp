// Providers: a vendor's dialect at an address with a credential. The secret comes in and never out.
#include "base/id.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/provider_fields.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "store/provision.h"

namespace penstock::manage {
namespace {

Handler listProviders, createProvider, showProvider, updateProvider, deleteProvider;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/providers", model::Role::Viewer, listProviders},
    {"POST", "/providers", model::Role::Admin, createProvider},
    {"GET", "/providers/{provider_id}", model::Role::Viewer, showProvider},
    {"PATCH", "/providers/{provider_id}", model::Role::Admin, updateProvider},
    {"DELETE", "/providers/{provider_id}", model::Role::Admin, deleteProvider},
};

constexpr std::string_view kList = "providers";
// A new or changed provider may take over every @default that nobody has edited.
constexpr config::Part kTouched = config::Part::Providers | config::Part::RoutingConfigs;

void writeProvider(json::Writer& out, const model::Provider& provider) {
  const bool has_key = !provider.api_key.empty();
  out.beginObject().field("id", provider.id).field("vendor", provider.vendor);
  out.field("name", provider.name).field("base_url", provider.base_url);
  out.field("private", provider.allow_private).field("default", provider.is_default);
  writeText(out, "default_model", provider.default_model);
  writeText(out, "api_key_fingerprint", has_key ? provider.api_key.fingerprint() : std::string());
  out.field("status", "active");
  // Nothing probes providers yet.
  out.key("health").beginObject().field("state", "unknown").key("p50_latency_ms").null();
  out.key("last_check_at").null().endObject();
  writeTime(out, "created_at", provider.created_at);
  writeTime(out, "updated_at", provider.updated_at);
  out.endObject();
}

http::Response providerAnswer(int status, const model::Provider& provider) {
  return dataAnswer(status, [&](json::Writer& out) { writeProvider(out, provider); });
}

Answer listProviders(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.providers.list(page); });
  return pageAnswer(kList, found, writeProvider);
}

Answer createProvider(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::Provider provider;
  if (const Vendor* vendor = readVendor(body)) provider.vendor = vendor->id;
  requireField(body, "name");
  readProvider(body, provider, Edit::Create);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  provider.id = newId("prov_", call.now);
  provider.created_at = provider.updated_at = call.now;
  auto created =
      services.config.change(kTouched, [&](store::Tables& tables) -> Result<model::Provider> {
        if (auto added = store::addProvider(tables, provider); !added) return added.error();
        return *tables.providers.find(provider.id);
      });
  if (!created) return std::move(created).error();
  return providerAnswer(kCreated, *created);
}

Answer showProvider(Services& services, const Call& call) {
  const auto id = call.request.param("provider_id");
  const auto provider = services.config.store().read(
      [&](store::Tables& tables) { return tables.providers.find(id); });
  if (!provider) return notFound("provider", std::string(id));
  return providerAnswer(kOk, *provider);
}

Answer updateProvider(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  const std::string id(call.request.param("provider_id"));
  auto updated =
      services.config.change(kTouched, [&](store::Tables& tables) -> Result<model::Provider> {
        auto provider = tables.providers.find(id);
        if (!provider) return notFound("provider", id);
        json::ObjectReader body(document->root());
        readProvider(body, *provider, Edit::Update);
        if (auto checked = body.finish(); !checked) return std::move(checked).error();
        provider->updated_at = call.now;
        if (auto stored = store::updateProvider(tables, *provider); !stored) return stored.error();
        return *tables.providers.find(id);
      });
  if (!updated) return std::move(updated).error();
  return providerAnswer(kOk, *updated);
}

Answer deleteProvider(Services& services, const Call& call) {
  const std::string id(call.request.param("provider_id"));
  auto deleted = services.config.change(
      kTouched, [&](store::Tables& tables) { return store::deleteProvider(tables, id, call.now); });
  if (!deleted) return std::move(deleted).error();
  return deletedAnswer(id);
}

}  // namespace

std::span<const ResourceRoute> providerRoutes() { return kRoutes; }

}  // namespace penstock::manage
