// Makes the store say what a document says. Each section is read item by item: what there is under
// the item's natural key is laid over with what the item says, and written when that differs.
#include "manage/declarative.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "config/build.h"
#include "config/policy.h"
#include "config/target_resolver.h"
#include "manage/auth.h"
#include "manage/body.h"
#include "manage/budget_fields.h"
#include "manage/declarative_budgets.h"
#include "manage/declarative_keys.h"
#include "manage/declarative_prices.h"
#include "manage/downgrades.h"
#include "manage/effects.h"
#include "manage/guardrails.h"
#include "manage/kinds.h"
#include "manage/provider_fields.h"
#include "manage/provider_names.h"
#include "manage/routing_config_fields.h"

namespace penstock::manage {
namespace {

constexpr size_t kMaxItems = 100'000;

// The work on one document. `call_` sees the projects and providers as they are within the change.
class Reconciliation {
 public:
  Reconciliation(Change& change, Prune prune)
      : change_(change),
        tables_(change.tables),
        call_(change.call),
        prune_(prune),
        had_owner_(tables_.members.countOwners() > 0) {}

  void organization(json::ObjectReader& section);
  void members(json::ObjectReader& document);
  void projects(json::ObjectReader& document);
  void providers(json::ObjectReader& document);
  void routingConfigs(json::ObjectReader& document);
  void apiKeys(json::ObjectReader& document);
  void webhookEndpoints(json::ObjectReader& document);
  void budgets(json::ObjectReader& document);
  void prices(json::ObjectReader& document, const pricing::PriceCatalogue& catalogue);

  // Makes what was written so far visible to what is read next.
  Status refresh();
  // What sections had no item for: deleted, or reported.
  Status finish();
  Reconciled take() { return std::move(result_); }

 private:
  const model::Project* projectOf(json::ObjectReader& item);
  void leftOver(std::string_view resource, std::string name, std::function<Status()> drop);
  // Reads the item's natural key; empty, with an error recorded, when it is missing or not unique.
  static std::string keyOf(json::ObjectReader& item, std::string_view key,
                           std::set<std::string>& named);
  // Records the error of a change in the item that it was for.
  static bool stored(json::ObjectReader& item, const Status& status);

  Change& change_;
  store::Tables& tables_;
  Call call_;
  const Prune prune_;
  const bool had_owner_;  // a member
  Reconciled result_;
  std::optional<std::set<std::string>> kept_projects_;  // slugs, when the others are to go
  std::set<std::string> unmatched_keys_;                // ids of those that the document lacks
  std::vector<std::function<Status()>> drops_;          // in the order of the sections
};

std::string Reconciliation::keyOf(json::ObjectReader& item, std::string_view key,
                                  std::set<std::string>& named) {
  std::string text = item.requireString(key, {.min = 1, .max = 254});
  if (!text.empty() && !named.insert(text).second) item.fail(key, "is in the list already");
  return text;
}

bool Reconciliation::stored(json::ObjectReader& item, const Status& status) {
  if (!status) item.fail("", status.error().message);
  return status.has_value();
}

Status Reconciliation::refresh() {
  auto built = config::build(tables_, config::Part::All, call_.config.get());
  if (!built) return std::move(built).error();
  call_.config = *std::move(built);
  return Unit{};
}

void Reconciliation::leftOver(std::string_view resource, std::string name,
                              std::function<Status()> drop) {
  if (prune_ == Prune::Yes) {
    drops_.push_back(std::move(drop));
  } else {
    result_.unmanaged.push_back({std::string(resource), std::move(name)});
  }
}

// What depends goes before what it depends on: the sections' order backwards. Owners are counted at
// the end, since one may be lowered in the document before the next one is named.
Status Reconciliation::finish() {
  std::reverse(drops_.begin(), drops_.end());
  const Downgrades downgrades(change_);
  for (const auto& drop : drops_) {
    if (auto dropped = drop(); !dropped) return dropped;
  }
  // Only now, for a budget may go along with what it downgrades to.
  if (auto held = downgrades.check({}, "budgets downgrade to what would be deleted"); !held) {
    return held;
  }
  if (!had_owner_ || tables_.members.countOwners() > 0) return Unit{};
  ApiError error{ErrorKind::Conflict, "last_owner", "the organization needs an owner"};
  error.resource = "member";
  return error;
}

void Reconciliation::organization(json::ObjectReader& section) {
  const model::Organization before = *tables_.organizations.find(call_.caller.organization_id);
  model::Organization wanted = before;
  readOrganization(section, wanted, call_);
  if (!section.ok() || wanted == before) return;
  // As at PATCH /orgs/{id}; whoever may apply a document need not be an owner.
  if (!stored(section, requireRole(call_.caller, model::Role::Owner))) return;
  change_.remember(kOrganization, before);
  if (stored(section, tables_.organizations.update(wanted))) {
    change_.updated(kOrganization, wanted);
  }
}

void Reconciliation::members(json::ObjectReader& document) {
  std::set<std::string> named;
  const bool there = document.objects(
      "members",
      [&](json::ObjectReader& item) {
        const std::string email = asciiLower(keyOf(item, "email", named));
        const auto before = tables_.members.findByEmail(call_.caller.organization_id, email);
        model::Member wanted = before.value_or(model::Member{});
        if (!before) requireField(item, "role");
        readMember(item, wanted, call_);
        if (!item.ok() || before == wanted) return;
        stored(item, before ? changeMember(change_, *before, wanted) : addMember(change_, wanted));
      },
      kMaxItems);
  if (!there) return;
  for (const model::Member& member : tables_.members.all()) {
    if (named.contains(member.email)) continue;
    leftOver("member", member.email, [this, member] { return dropMember(change_, member); });
  }
}

void Reconciliation::projects(json::ObjectReader& document) {
  std::set<std::string> named;
  const bool there = document.objects(
      "projects",
      [&](json::ObjectReader& item) {
        const std::string slug = keyOf(item, "slug", named);
        const auto before = tables_.projects.findBySlug(call_.caller.organization_id, slug);
        model::Project wanted = before.value_or(model::Project{});
        if (!before) requireField(item, "name");
        readProjectFields(item, wanted);
        if (!item.ok() || before == wanted) return;
        for (GuardrailSecret& made : completeSecrets(wanted.settings)) {
          result_.secrets.push_back(
              {"guardrail", slug, made.rule, std::move(made.value), made.url});
        }
        if (before) {
          change_.remember(kProject, *before);
          if (stored(item, tables_.projects.update(wanted))) change_.updated(kProject, wanted);
        } else if (auto added = addProject(change_, wanted); !added) {
          stored(item, added.error());
        }
      },
      kMaxItems);
  if (!there) return;
  if (prune_ == Prune::Yes) kept_projects_ = named;
  for (const model::Project& project : tables_.projects.all()) {
    if (named.contains(project.slug)) continue;
    leftOver("project", project.slug, [this, project] { return dropProject(change_, project); });
  }
}

void Reconciliation::providers(json::ObjectReader& document) {
  std::set<std::string> named;
  const bool there = document.objects(
      "providers",
      [&](json::ObjectReader& item) {
        const std::string name = keyOf(item, "name", named);
        const auto before = tables_.providers.findByName(name);
        model::Provider wanted = before.value_or(model::Provider{});
        const model::Vendor* vendor = before && !item.has("vendor") ? nullptr : readVendor(item);
        if (vendor != nullptr) wanted.vendor = vendor->id;
        if (before && wanted.vendor != before->vendor) {
          item.fail("vendor", "cannot be changed; the provider is of vendor " + before->vendor);
        }
        readProvider(item, wanted, before ? Edit::Update : Edit::Create);
        if (!item.ok() || before == wanted) return;
        if (before) change_.remember(kProvider, *before);
        const auto done = before ? changeProvider(change_, wanted) : addProvider(change_, wanted);
        if (!done) stored(item, done.error());
      },
      kMaxItems);
  if (!there) return;
  for (const model::Provider& provider : tables_.providers.all()) {
    if (named.contains(provider.name)) continue;
    leftOver("provider", provider.name,
             [this, provider] { return dropProvider(change_, provider); });
  }
}

const model::Project* Reconciliation::projectOf(json::ObjectReader& item) {
  const std::string slug = item.requireString("project", {.min = 1, .max = 63});
  const model::Project* project = slug.empty() ? nullptr : findProject(call_, slug);
  if (project == nullptr && !slug.empty()) item.fail("project", "there is no such project");
  if (project != nullptr && kept_projects_ && !kept_projects_->contains(project->slug)) {
    item.fail("project", "would be deleted: the document's projects do not name it");
  }
  return project;
}

void Reconciliation::routingConfigs(json::ObjectReader& document) {
  const ProviderNames names(tables_.providers.all());
  const config::PolicyContext context = config::policyContext(*call_.config);
  std::set<std::string> unique, named;  // project/slug; ids
  const bool there = document.objects(
      "routing_configs",
      [&](json::ObjectReader& item) {
        const model::Project* project = projectOf(item);
        const std::string slug = item.requireString("slug", {.min = 1, .max = 63});
        if (project == nullptr) {  // what else is wrong with it is said all the same
          model::RoutingConfig unplaced;
          readDeclaredConfig(item, unplaced, names, context);
          return;
        }
        if (!unique.insert(project->slug + "/" + slug).second) {
          item.fail("slug", "is in the list already");
        }
        const auto before = tables_.routing_configs.findBySlug(project->id, slug);
        model::RoutingConfig wanted = before.value_or(model::RoutingConfig{});
        wanted.project_id = project->id;
        readSlug(item, wanted.slug);
        readDeclaredConfig(item, wanted, names, context);
        if (!item.ok()) return;
        if (before) {
          named.insert(before->id);
          if (*before == wanted) return;
          change_.remember(kRoutingConfig, *before);
        }
        const auto done = before ? changeRoutingConfig(change_, wanted, {}, "applied")
                                 : addRoutingConfig(change_, wanted, "applied");
        if (!done) {
          stored(item, done.error());
        } else {
          named.insert(done->id);
        }
      },
      kMaxItems);
  if (!there) return;
  for (const model::RoutingConfig& config : tables_.routing_configs.all()) {
    if (named.contains(config.id)) continue;
    const model::Project* project = call_.config->findProject(config.project_id);
    leftOver("routing_config", (project == nullptr ? "" : project->slug) + "/@" + config.slug,
             [this, config]() -> Status {
               tables_.routing_configs.softDelete(config.id, call_.now);
               change_.deleted(kRoutingConfig, config);
               return Unit{};
             });
  }
}

void Reconciliation::apiKeys(json::ObjectReader& document) {
  DeclaredKeys keys(tables_);
  const bool there = document.objects(
      "api_keys",
      [&](json::ObjectReader& item) {
        const model::Project* project = projectOf(item);
        const std::string name = item.requireString("name", kName);
        const auto imported = readImportedSecret(item);
        if (project == nullptr || name.empty()) {
          model::ApiKey unplaced;
          readApiKeyFields(item, unplaced, call_.now);
          return;
        }
        const auto before = keys.match(project->id, name, imported ? &imported->hash : nullptr);
        model::ApiKey wanted = before.value_or(model::ApiKey{.project_id = project->id});
        readApiKeyFields(item, wanted, call_.now);
        if (!item.ok() || before == wanted) return;
        if (before) {
          change_.remember(kApiKey, *before);
          tables_.api_keys.update(wanted);
          change_.updated(kApiKey, wanted);
        } else if (imported) {
          stored(item, importApiKey(change_, wanted, *imported));
        } else {
          NewKey made = addApiKey(change_, wanted);
          result_.secrets.push_back({"api_key", project->slug, name, std::move(made.plaintext)});
        }
      },
      kMaxItems);
  if (!there) return;
  for (const model::Project& project : tables_.projects.all()) {
    for (const model::ApiKey& key : keys.unmatchedOf(project.id)) {
      unmatched_keys_.insert(key.id);
      leftOver("api_key", project.slug + "/" + key.name, [this, key]() -> Status {
        const auto living = tables_.api_keys.find(key.id);
        if (living && !living->revoked_at) revokeApiKey(change_, *living);
        return Unit{};
      });
    }
  }
}

void Reconciliation::webhookEndpoints(json::ObjectReader& document) {
  std::vector<model::WebhookEndpoint> left = tables_.webhook_endpoints.all();
  const bool there = document.objects(
      "webhook_endpoints",
      [&](json::ObjectReader& item) {
        const std::string url = item.requireString("url", {.min = 1, .max = 2048});
        const auto same = std::find_if(left.begin(), left.end(),
                                       [&](const auto& endpoint) { return endpoint.url == url; });
        if (same == left.end()) {
          model::WebhookEndpoint wanted;
          readWebhookEndpoint(item, wanted);
          if (!item.ok()) return;
          const auto added = addWebhookEndpoint(change_, wanted);
          result_.secrets.push_back({"webhook_endpoint", {}, url, added.secret});
          return;
        }
        model::WebhookEndpoint wanted = *same;
        left.erase(same);
        change_.remember(kWebhookEndpoint, wanted);
        readWebhookEndpoint(item, wanted);
        if (item.ok()) changeWebhookEndpoint(change_, wanted);
      },
      kMaxItems);
  if (!there) return;
  for (const model::WebhookEndpoint& endpoint : left) {
    leftOver("webhook_endpoint", endpoint.url, [this, endpoint]() -> Status {
      tables_.webhook_endpoints.softDelete(endpoint.id, call_.now);
      change_.deleted(kWebhookEndpoint, endpoint);
      return Unit{};
    });
  }
}

// One that is about something else than before is another budget: what was counted goes.
void Reconciliation::budgets(json::ObjectReader& document) {
  BudgetNames names(tables_, unmatched_keys_);
  std::set<std::string> unique, named;  // project/name; ids
  const bool there = document.objects(
      "budgets",
      [&](json::ObjectReader& item) {
        const bool of_all = !item.has("project") || item.isNull("project");
        const model::Project* project = of_all ? nullptr : projectOf(item);
        const std::string name = item.requireString("name", kName);
        const std::string slug = project == nullptr ? std::string() : project->slug;
        if (!name.empty() && !unique.insert(slug + "/" + name).second) {
          item.fail("name", "is in the list already");
        }
        std::optional<std::string> project_id;
        if (project != nullptr) project_id = project->id;
        const auto before = tables_.budgets.findByName(project_id, name);
        model::Budget wanted = before.value_or(model::Budget{.project_id = project_id});
        if (!before) requireField(item, "scope");
        names.read(item, wanted);
        const bool same = before && sameSubject(*before, wanted);
        names.checkAlerts(item, same ? &*before : nullptr, wanted);
        if (!item.ok()) return;
        if (before && !same) dropBudget(change_, *before);
        if (same) change_.remember(kBudget, *before);
        const auto done = same ? changeBudget(change_, wanted) : addBudget(change_, wanted);
        if (!done) return void(stored(item, done.error()));
        named.insert(done->id);
        reconcileAlerts(item, change_, names, *done);
      },
      kMaxItems);
  if (!there) return;
  for (const model::Budget& budget : tables_.budgets.all()) {
    if (named.contains(budget.id) || !names.canName(budget)) continue;
    const auto project =
        budget.project_id ? tables_.projects.find(*budget.project_id) : std::nullopt;
    leftOver("budget", (project ? project->slug : std::string()) + "/" + budget.name,
             [this, budget]() -> Status {
               if (tables_.budgets.find(budget.id)) dropBudget(change_, budget);
               return Unit{};
             });
  }
}

void Reconciliation::prices(json::ObjectReader& document,
                            const pricing::PriceCatalogue& catalogue) {
  reconcilePrices(document, change_, catalogue, kMaxItems,
                  [this](std::string name, std::function<Status()> drop) {
                    leftOver("price", std::move(name), std::move(drop));
                  });
}

}  // namespace

Result<Reconciled> reconcile(Change& change, json::ValueRef root, Prune prune,
                             const pricing::PriceCatalogue& catalogue) {
  json::ObjectReader body(root);
  body.boolean("prune");
  Reconciliation work(change, prune);
  Status refreshed = Unit{};
  body.requireObject("document", [&](json::ObjectReader& document) {
    document.requireInteger("version", {.min = kDocumentVersion, .max = kDocumentVersion});
    document.object("organization", [&](auto& section) { work.organization(section); });
    work.projects(document);
    work.providers(document);
    refreshed = work.refresh();
    if (!refreshed) return;
    work.members(document);
    work.routingConfigs(document);
    work.apiKeys(document);
    work.webhookEndpoints(document);
    work.budgets(document);
    work.prices(document, catalogue);
  });
  if (!refreshed) return std::move(refreshed).error();
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  if (auto finished = work.finish(); !finished) return std::move(finished).error();
  return work.take();
}

}  // namespace penstock::manage
