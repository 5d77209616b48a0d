// The audit log: who changed what, newest first, and whether anybody has changed the log since.
#include "base/text.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/kind.h"
#include "manage/query.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler listEntries, showEntry, verifyLog;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/audit-logs", model::Role::Admin, listEntries},
    {"GET", "/audit-logs/verify", model::Role::Admin, verifyLog},
    {"GET", "/audit-logs/{audit_id}", model::Role::Admin, showEntry},
};

constexpr std::string_view kList = "audit_logs";

Answer listEntries(Services& services, const Call& call) {
  QueryReader query(call.request);
  store::AuditFilter filter;
  filter.start = query.time("start");
  filter.end = query.time("end");
  filter.actor = query.text("actor");
  filter.action = query.text("action");
  filter.resource_type = query.text("resource_type");
  filter.resource_id = query.text("resource_id");
  const std::string named = query.text("project_id");
  const auto page = query.page(kList);
  filter.limit = page.limit;
  filter.before = static_cast<int64_t>(parseUnsigned(page.after).value_or(0));
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  if (!named.empty()) {
    const auto projects = pastProjectFilter(services, call, named);
    if (!projects) return projects.error();
    filter.project_id = projects->front();
  }
  const store::AuditPage found = services.config.store().read(
      [&](store::Tables& tables) { return tables.audit_log.list(filter); });
  std::optional<std::string> next;
  if (found.next != 0) next = encodeCursor(kList, std::to_string(found.next));
  return listAnswer(
      [&](json::Writer& out) {
        for (const auto& entry : found.entries) {
          store::writeAuditEntry(out, entry, store::WithHash::Yes);
        }
      },
      next);
}

Answer showEntry(Services& services, const Call& call) {
  const std::string id(call.request.param("audit_id"));
  const auto entry = services.config.store().read(
      [&](store::Tables& tables) { return tables.audit_log.find(id); });
  if (!entry) return notFound("audit_log", id);
  std::string json;
  json::Writer out(json);
  store::writeAuditEntry(out, *entry, store::WithHash::Yes);
  return taggedAnswer(kOk, json, etagOf(json));
}

// Reads every entry: seconds for a million.
Answer verifyLog(Services& services, const Call&) {
  const store::AuditVerdict verdict =
      services.config.store().read([](store::Tables& tables) { return tables.audit_log.verify(); });
  return dataAnswer(kOk, [&](json::Writer& out) {
    out.beginObject().field("ok", verdict.ok).field("entries", verdict.entries);
    out.field("head_seq", verdict.head_seq).field("head_hash", hex(verdict.head_hash));
    out.key("first_bad_seq");
    if (verdict.ok) {
      out.null();
    } else {
      out.value(verdict.first_bad_seq);
    }
    writeText(out, "reason", verdict.reason);
    out.endObject();
  });
}

}  // namespace

std::span<const ResourceRoute> auditLogRoutes() { return kRoutes; }

}  // namespace penstock::manage
