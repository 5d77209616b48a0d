#include "manage/change.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/id.h"
#include "base/text.h"
#include "manage/errors.h"
#include "webhook/envelope.h"
#include "webhook/event_types.h"

namespace penstock::manage {
namespace {

constexpr size_t kMaxUserAgent = 256;

model::Actor actorOf(store::Tables& tables, const model::ManagementKey& caller) {
  model::Actor actor{"management_key", caller.id, {}};
  if (!caller.member_id) return actor;
  if (const auto member = tables.members.find(*caller.member_id)) actor.email = member->email;
  return actor;
}

// What a key may is asked again with the change: while the request waited, as for a provider to be
// verified, the key may have been revoked or lowered, and that was answered as done.
Status isStillAllowed(store::Tables& tables, const model::ManagementKey& caller) {
  const auto key = tables.management_keys.find(caller.id);
  if (!key || key->revoked_at) {
    return ApiError{ErrorKind::Unauthorized, "invalid_api_key", "the management key was revoked"};
  }
  const auto member = key->member_id ? tables.members.find(*key->member_id) : std::nullopt;
  const model::Role role = member ? std::max(key->role, member->role) : key->role;
  if (role <= caller.role) return Unit{};
  return ApiError{ErrorKind::Forbidden, "forbidden", "the key's role was lowered meanwhile"};
}

Answer run(const Call& call, store::Tables& tables, IdSequence& ids,
           const std::function<Answer(Change&)>& work, bool& told) {
  if (auto allowed = isStillAllowed(tables, call.caller); !allowed) return allowed.error();
  Change change(tables, call, ids);
  const int64_t before = tables.rowsWritten();
  Answer answer = work(change);
  if (!answer) return answer;
  if (!change.told() && tables.rowsWritten() != before) {
    throw std::logic_error("rows were written of which no audit entry tells");
  }
  change.record(actorOf(tables, call.caller));
  told = change.told();
  if (call.idempotency) keepAnswer(tables, *call.idempotency, *answer, call.now);
  return answer;
}

}  // namespace

std::string Change::newId(std::string_view prefix) { return ids_.next(prefix, call.now); }

Status Change::checkIfMatch(std::string_view type, std::string_view id,
                            std::string_view etag) const {
  const std::string_view wanted = call.request.headers.get("If-Match");
  if (wanted.empty()) return Unit{};
  bool matches = false;
  bool well_formed = true;
  split(wanted, ',', [&](std::string_view tag) {
    tag = trim(tag);
    matches = matches || tag == "*" || tag == etag;
    well_formed = well_formed && (tag == "*" || (tag.size() > 2 && tag.ends_with('"')));
  });
  if (!well_formed) return fieldError("If-Match", "must be the ETag of an earlier answer");
  if (matches) return Unit{};
  ApiError error{ErrorKind::Conflict, "version_conflict",
                 "it has changed since: its ETag is " + std::string(etag), "If-Match"};
  error.resource = type;
  error.id = id;
  return error;
}

void Change::tell(std::string_view type, std::string_view verb, std::string_view id,
                  std::string_view project_id, std::string before, std::string after) {
  told_ = true;
  if (before == after) return;
  model::AuditEntry& entry = entries_.emplace_back();
  entry.action = std::string(type) + "." + std::string(verb);
  entry.resource_type = type;
  entry.resource_id = id;
  entry.project_id = project_id;
  if (!before.empty()) entry.before = std::move(before);
  if (!after.empty()) entry.after = std::move(after);
}

void Change::record(const model::Actor& actor) {
  for (model::AuditEntry& entry : entries_) {
    entry.id = newId("aud_");
    entry.created_at = call.now;
    entry.actor = actor;
    entry.ip = call.request.peer;
    entry.user_agent = call.request.headers.get("User-Agent").substr(0, kMaxUserAgent);
    entry.request_id = call.request_id;
    tables.audit_log.append(entry);
    emitEvent(entry);
  }
}

// An action that is an event type too is an event: {"<type>_id":"…", …the resource}.
void Change::emitEvent(const model::AuditEntry& entry) {
  if (!webhook::isEventType(entry.action)) return;
  const std::string& object = entry.after ? *entry.after : *entry.before;
  const std::string data = "{" + json::quoted(entry.resource_type + "_id") + ":" +
                           json::quoted(entry.resource_id) + "," + object.substr(1);
  tables.webhook_outbox.emit(webhook::makeEvent(
      {entry.action, call.caller.organization_id, entry.project_id, data}, call.now));
}

Answer change(Services& services, const Call& call, config::Part parts,
              const std::function<Answer(Change&)>& work) {
  bool told = false;
  Answer answer = services.config.change(parts, [&](store::Tables& tables) -> Answer {
    return run(call, tables, services.config.ids(), work, told);
  });
  if (answer && told && services.wake_webhooks) services.wake_webhooks();
  return answer;
}

Answer rehearse(Services& services, const Call& call, config::Part parts,
                const std::function<Answer(Change&)>& work) {
  return services.config.rehearse(parts, [&](store::Tables& tables) -> Answer {
    Change change(tables, call, services.config.ids());
    return work(change);
  });
}

}  // namespace penstock::manage
