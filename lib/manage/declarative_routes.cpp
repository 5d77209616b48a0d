// The declarative configuration over HTTP: GET /config/export, POST /config/plan, POST
// /config/apply.
#include "manage/answers.h"
#include "manage/auth.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/declarative.h"
#include "manage/json_diff.h"
#include "manage/query.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler exportConfig, planConfig, applyConfig;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/config/export", model::Role::Admin, exportConfig},
    {"POST", "/config/plan", model::Role::Admin, planConfig},
    {"POST", "/config/apply", model::Role::Admin, applyConfig},
};

constexpr size_t kMaxDocument = 16 << 20;
constexpr auto kEverything = config::Part::All;

// With it comes the power to let the same keys in elsewhere.
Answer exportConfig(Services& services, const Call& call) {
  QueryReader query(call.request);
  const bool hashes = query.choice("include_key_hashes", {"false", "true"}).value_or(0) == 1;
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  if (hashes) {
    if (auto owner = requireRole(call.caller, model::Role::Owner); !owner) return owner.error();
  }
  const std::string document = services.config.store().read([&](store::Tables& tables) {
    return exportDocument(tables, call.caller.organization_id, services.prices,
                          hashes ? KeyHashes::Include : KeyHashes::Leave);
  });
  return taggedAnswer(kOk, document, etagOf(document));
}

std::string_view opOf(const model::AuditEntry& entry) {
  if (!entry.before) return "create";
  const bool gone = !entry.after || entry.action.ends_with(".revoked");
  return gone ? "delete" : "update";
}

// What people call it: the first of these that it has.
std::string nameOf(const model::AuditEntry& entry) {
  const auto document = json::parse(entry.after ? *entry.after : *entry.before);
  if (!document) return entry.resource_id;
  for (const char* field : {"slug", "email", "url", "name"}) {
    if (const auto text = document->root().stringAt(field)) return std::string(*text);
  }
  const auto provider = document->root().stringAt("provider");
  const auto model = document->root().stringAt("model");
  if (provider && model) return std::string(*provider) + "/" + std::string(*model);
  if (const auto pct = document->root().intAt("threshold_pct")) return std::to_string(*pct) + " %";
  return entry.resource_id;
}

// The slug of the project that it belongs to, which may be new itself.
std::string projectOf(Change& change, const model::AuditEntry& entry) {
  const auto project = change.tables.projects.find(entry.project_id);
  return project ? project->slug : std::string();
}

void writeEntry(json::Writer& out, const model::AuditEntry& entry, const std::string& project) {
  const std::string_view op = opOf(entry);
  out.beginObject().field("op", op).field("resource", entry.resource_type);
  out.key("id");
  if (op == "create") {
    out.null();  // of a plan: it would be another one
  } else {
    out.value(entry.resource_id);
  }
  writeText(out, "project", project);
  out.field("name", nameOf(entry));
  out.rawField("before", entry.before ? std::string_view(*entry.before) : "null");
  out.rawField("after", entry.after ? std::string_view(*entry.after) : "null").key("fields");
  writeChanges(out, op == "update" ? diffJson(std::string_view(*entry.before), *entry.after)
                                   : std::vector<JsonChange>());
  out.endObject();
}

void writeOutcome(json::Writer& out, Change& change, const Reconciled& done) {
  out.key("changes").beginArray();
  for (const model::AuditEntry& entry : change.entries()) {
    writeEntry(out, entry, projectOf(change, entry));
  }
  out.endArray().key("unmanaged").beginArray();
  for (const Unmanaged& left : done.unmanaged) {
    out.beginObject().field("resource", left.resource).field("name", left.name).endObject();
  }
  out.endArray();
  out.field("in_sync", change.entries().empty() && done.unmanaged.empty());
}

void writeSecrets(json::Writer& out, const Reconciled& done) {
  out.key("created_keys").beginArray();
  for (const MadeSecret& made : done.secrets) {
    if (made.resource != "api_key") continue;
    out.beginObject().field("project", made.project).field("name", made.name);
    out.field("key", made.value.reveal()).endObject();
  }
  out.endArray().key("created_webhook_secrets").beginArray();
  for (const MadeSecret& made : done.secrets) {
    if (made.resource == "webhook_endpoint") {
      out.beginObject().field("url", made.name);
    } else if (made.resource == "guardrail") {
      out.beginObject().field("project", made.project).field("name", made.name);
      out.field("url", made.url);
    } else {
      continue;
    }
    out.field("signing_secret", made.value.reveal()).endObject();
  }
  out.endArray();
}

enum class Mode : unsigned char { Plan, Apply };

Answer reconcileAs(Services& services, const Call& call, Mode mode) {
  auto document = readBody(call.request, kMaxDocument);
  if (!document) return std::move(document).error();
  const auto wanted = document->root().find("prune");
  const Prune prune = wanted && wanted->asBool() == true ? Prune::Yes : Prune::No;
  const auto work = [&](Change& change) -> Answer {
    const auto done = reconcile(change, document->root(), prune, services.prices);
    if (!done) return done.error();
    return dataAnswer(kOk, [&](json::Writer& out) {
      out.beginObject();
      writeOutcome(out, change, *done);
      if (mode == Mode::Apply) writeSecrets(out, *done);
      out.endObject();
    });
  };
  return mode == Mode::Apply ? change(services, call, kEverything, work)
                             : rehearse(services, call, kEverything, work);
}

Answer planConfig(Services& services, const Call& call) {
  return reconcileAs(services, call, Mode::Plan);
}

Answer applyConfig(Services& services, const Call& call) {
  return reconcileAs(services, call, Mode::Apply);
}

}  // namespace

std::span<const ResourceRoute> declarativeRoutes() { return kRoutes; }

}  // namespace penstock::manage
