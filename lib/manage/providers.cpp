// Providers: a vendor's dialect at an address with a credential. The secret comes in and never out.
#include "manage/body.h"
#include "manage/change.h"
#include "manage/downgrades.h"
#include "manage/effects.h"
#include "manage/kinds.h"
#include "manage/provider_credentials.h"
#include "manage/provider_fields.h"
#include "manage/provider_settings.h"
#include "manage/provider_verification.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "store/provision.h"

namespace penstock::manage {
namespace {

Handler listProviders, createProvider, showProvider, updateProvider, deleteProvider;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/providers", model::Role::Viewer, listProviders},
    {"POST", "/providers", model::Role::Admin, createProvider, nullptr, Waits::ForOthers},
    {"GET", "/providers/{provider_id}", model::Role::Viewer, showProvider},
    {"PATCH", "/providers/{provider_id}", model::Role::Admin, updateProvider, nullptr,
     Waits::ForOthers},
    {"DELETE", "/providers/{provider_id}", model::Role::Admin, deleteProvider},
    {"GET", "/providers/{provider_id}/health", model::Role::Viewer, showProviderHealth},
    {"POST", "/providers/{provider_id}/verify", model::Role::Admin, verifyProviderNow, nullptr,
     Waits::ForOthers},
};

constexpr std::string_view kList = "providers";
// A new or changed provider may take over every @default that nobody has edited.
constexpr config::Part kTouched = config::Part::Providers | config::Part::RoutingConfigs;

void writeProvider(json::Writer& out, const model::Provider& provider, UnixMillis) {
  const bool has_key = !provider.api_key.empty();
  out.beginObject().field("id", provider.id).field("vendor", provider.vendor);
  out.field("name", provider.name).field("base_url", provider.base_url);
  out.field("private", provider.allow_private).field("default", provider.is_default);
  writeText(out, "default_model", provider.default_model);
  writeText(out, "api_key_fingerprint", has_key ? provider.api_key.fingerprint() : std::string());
  writeSettings(out, provider.settings);
  out.key("credentials");
  writeCredentials(out, provider.credentials);
  writeText(out, "quota_group", provider.quota_group);
  out.field("max_concurrency", provider.max_concurrency);
  out.field("probe_interval_seconds", provider.probe_interval_seconds);
  out.field("status", "active");
  writeTime(out, "created_at", provider.created_at);
  writeTime(out, "updated_at", provider.updated_at);
  out.endObject();
}

// By id or by name.
std::optional<model::Provider> findProvider(store::Tables& tables, const Call&,
                                            std::string_view named) {
  auto provider = tables.providers.find(named);
  return provider ? provider : tables.providers.findByName(named);
}

// What a change of one provider may change along with it: who is the vendor's default, and the
// @defaults that nobody has edited. Remembers them, then tells of those that did change.
class Neighbours {
 public:
  Neighbours(Change& change, const model::Provider& provider)
      : change_(change), provider_(provider) {
    former_default_ = change.tables.providers.defaultOf(provider.vendor);
    if (former_default_) change_.remember(kProvider, *former_default_);
    if (!store::canBeDefault(provider)) return;
    configs_ = change.tables.routing_configs.automaticAt(store::kDemoVendor);
    for (const auto& config : configs_) change_.remember(kRoutingConfig, config);
  }

  void tell() {
    if (former_default_ && former_default_->id != provider_.id) {
      change_.updated(kProvider, *change_.tables.providers.find(former_default_->id));
    }
    tellOfNewDefault();
    for (const auto& config : configs_) {
      change_.updated(kRoutingConfig, *change_.tables.routing_configs.find(config.id));
    }
  }

 private:
  void tellOfNewDefault() {
    const auto now = change_.tables.providers.defaultOf(provider_.vendor);
    const bool same =
        !now || now->id == provider_.id || (former_default_ && former_default_->id == now->id);
    if (same) return;
    model::Provider before = *now;
    before.is_default = false;
    change_.remember(kProvider, before);
    change_.updated(kProvider, *now);
  }

  Change& change_;
  const model::Provider& provider_;
  std::optional<model::Provider> former_default_;
  std::vector<model::RoutingConfig> configs_;
};

http::Response providerAnswer(Services& services, int status, const model::Provider& provider,
                              UnixMillis now) {
  const std::string json = jsonOf(kProvider, provider, now);
  return taggedAnswer(status, withHealth(services, json, provider, now),
                      etagOf(kProvider, provider, json));
}

Answer listProviders(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.providers.list(page); });
  return pageAnswer(kList, found, [&](json::Writer& out, const model::Provider& provider) {
    out.raw(withHealth(services, jsonOf(kProvider, provider, call.now), provider, call.now));
  });
}

Answer createProvider(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::Provider provider;
  if (const model::Vendor* vendor = readVendor(body)) provider.vendor = vendor->id;
  requireField(body, "name");
  readProvider(body, provider, Edit::Create);
  const bool verify = body.boolean("verify").value_or(true);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  if (verify) {
    if (auto good = verifyProvider(services, provider); !good) return std::move(good).error();
  }
  return change(services, call, kTouched, [&](Change& change) -> Answer {
    auto added = addProvider(change, provider);
    if (!added) return std::move(added).error();
    if (verify) recordVerified(services, *added, services.clock.now());
    return providerAnswer(services, kCreated, *added, call.now);
  });
}

Answer showProvider(Services& services, const Call& call) {
  const auto found = services.config.store().read([&](store::Tables& tables) {
    return findVisible(kProvider, tables, call, call.request.param("provider_id"));
  });
  if (!found) return found.error();
  return providerAnswer(services, kOk, *found, call.now);
}

// Lays the body over the provider. What goes to another place, or there with another key, is to be
// verified first unless the body says otherwise.
enum class Verify : unsigned char { No, Yes };
Result<Verify> readEdit(const json::Document& document, model::Provider& provider) {
  const model::Provider before = provider;
  json::ObjectReader body(document.root());
  readProvider(body, provider, Edit::Update);
  const bool wanted = body.boolean("verify").value_or(true);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  return wanted && !sameCalls(provider, before) ? Verify::Yes : Verify::No;
}

// The present provider as the body would have it, verified where needed. The call to the provider
// is made before the change, so that the store does not wait for it.
struct VerifiedEdit {
  model::Provider provider;
  Verify verified;
};
Result<VerifiedEdit> verifiedEdit(Services& services, const Call& call,
                                  const json::Document& document) {
  auto provider = services.config.store().read([&](store::Tables& tables) {
    return findVisible(kProvider, tables, call, call.request.param("provider_id"));
  });
  if (!provider) return std::move(provider).error();
  const auto verify = readEdit(document, *provider);
  if (!verify) return verify.error();
  if (*verify == Verify::Yes) {
    if (auto good = verifyProvider(services, *provider); !good) return std::move(good).error();
  }
  return VerifiedEdit{*std::move(provider), *verify};
}

Answer updateProvider(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  const auto edit = verifiedEdit(services, call, *document);
  if (!edit) return edit.error();
  return change(services, call, kTouched, [&](Change& change) -> Answer {
    auto provider = change.load(kProvider, "provider_id");
    if (!provider) return std::move(provider).error();
    if (auto read = readEdit(*document, *provider); !read) return std::move(read).error();
    if (!sameCalls(*provider, edit->provider)) {
      ApiError error{ErrorKind::Conflict, "version_conflict",
                     "the provider was changed while its new state was being verified"};
      error.resource = "provider";
      error.id = provider->id;
      return error;
    }
    const Downgrades downgrades(change);
    auto changed = changeProvider(change, *std::move(provider));
    if (!changed) return std::move(changed).error();
    // Budgets know it by its name.
    auto held = downgrades.check(changed->id, "budgets downgrade to it under its present name");
    if (!held) return std::move(held).error();
    if (edit->verified == Verify::Yes) recordVerified(services, *changed, services.clock.now());
    return providerAnswer(services, kOk, *changed, call.now);
  });
}

Answer deleteProvider(Services& services, const Call& call) {
  return change(services, call, kTouched, [&](Change& change) -> Answer {
    auto provider = change.load(kProvider, "provider_id");
    if (!provider) return std::move(provider).error();
    const Downgrades downgrades(change);
    if (auto dropped = dropProvider(change, *provider); !dropped) return dropped.error();
    auto held = downgrades.check(provider->id, "budgets downgrade to it");
    if (!held) return std::move(held).error();
    return deletedAnswer(provider->id);
  });
}

}  // namespace

const Kind<model::Provider> kProvider{"provider", ofOrganization, writeProvider, findProvider};

Result<model::Provider> addProvider(Change& change, model::Provider provider) {
  provider.id = change.newId("prov_");
  provider.created_at = provider.updated_at = change.call.now;
  Neighbours neighbours(change, provider);
  if (auto added = store::addProvider(change.tables, provider); !added) return added.error();
  model::Provider stored = *change.tables.providers.find(provider.id);
  change.created(kProvider, stored);
  neighbours.tell();
  return stored;
}

Result<model::Provider> changeProvider(Change& change, model::Provider provider) {
  if (change.tables.providers.find(provider.id) == provider) return provider;
  provider.updated_at = change.call.now;
  Neighbours neighbours(change, provider);
  if (auto done = store::updateProvider(change.tables, provider); !done) return done.error();
  model::Provider stored = *change.tables.providers.find(provider.id);
  change.updated(kProvider, stored);
  neighbours.tell();
  return stored;
}

Status dropProvider(Change& change, const model::Provider& provider) {
  Neighbours neighbours(change, provider);
  auto dropped = store::deleteProvider(change.tables, provider.id, change.call.now);
  if (!dropped) return dropped;
  change.deleted(kProvider, provider);
  neighbours.tell();
  return Unit{};
}

std::span<const ResourceRoute> providerRoutes() { return kRoutes; }

}  // namespace penstock::manage
