#include "store/audit_log.h"

#include <algorithm>
#include <limits>

#include "store/conditions.h"
#include "store/rows.h"

namespace penstock::store {
namespace {

constexpr std::string_view kHead = "audit_head";
constexpr std::string_view kHeadIdentity = "meta:audit_head";

model::AuditEntry read(const storage::Rows& row) {
  model::AuditEntry entry;
  entry.seq = row.integer(0);
  entry.id = row.string(1);
  entry.created_at = row.integer(2);
  entry.actor = {row.string(3), row.string(4), row.string(5)};
  entry.action = row.string(6);
  entry.resource_type = row.string(7);
  entry.resource_id = row.string(8);
  entry.project_id = row.string(9);
  entry.ip = row.string(10);
  entry.user_agent = row.string(11);
  entry.request_id = row.string(12);
  entry.before = row.optionalString(13);
  entry.after = row.optionalString(14);
  entry.previous_hash = digestAt(row, 15);
  entry.hash = digestAt(row, 16);
  return entry;
}

Sha256 hashOf(const model::AuditEntry& entry) {
  std::string text;
  json::Writer out(text);
  writeAuditEntry(out, entry, WithHash::No);
  return sha256(text);
}

void writeText(json::Writer& out, std::string_view name, const std::string& text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.value(text);
  }
}

void writeJson(json::Writer& out, std::string_view name, const std::optional<std::string>& json) {
  out.rawField(name, json ? std::string_view(*json) : "null");
}

std::string headText(int64_t seq, const Sha256& hash) {
  return std::to_string(seq) + ":" + hex(hash);
}

AuditVerdict bad(AuditVerdict verdict, int64_t seq, std::string reason) {
  verdict.ok = false;
  verdict.first_bad_seq = seq;
  verdict.reason = std::move(reason);
  return verdict;
}

}  // namespace

void writeAuditEntry(json::Writer& out, const model::AuditEntry& entry, WithHash with_hash) {
  out.beginObject().field("seq", entry.seq).field("id", entry.id);
  out.field("created_at", iso8601(entry.created_at)).key("actor").beginObject();
  out.field("type", entry.actor.type);
  writeText(out, "id", entry.actor.id);
  writeText(out, "email", entry.actor.email);
  out.endObject().field("action", entry.action).key("resource").beginObject();
  out.field("type", entry.resource_type).field("id", entry.resource_id).endObject();
  writeText(out, "project_id", entry.project_id);
  writeText(out, "ip", entry.ip);
  writeText(out, "user_agent", entry.user_agent);
  writeText(out, "request_id", entry.request_id);
  writeJson(out, "before", entry.before);
  writeJson(out, "after", entry.after);
  out.field("previous_hash", hex(entry.previous_hash));
  if (with_hash == WithHash::Yes) out.field("hash", hex(entry.hash));
  out.endObject();
}

void AuditTable::append(model::AuditEntry& entry) {
  int64_t last_seq = 0;
  Sha256 last_hash{};
  {
    storage::Rows last = last_.query();
    if (last.next()) {
      last_seq = last.integer(0);
      entry.created_at = std::max(entry.created_at, last.integer(1));
      last_hash = digestAt(last, 2);
    }
  }
  entry.seq = last_seq + 1;
  // A break stays one: sealing the new end as if nothing had been would hide it for ever.
  const std::string end = headText(last_seq, last_hash);
  entry.previous_hash = isSealed(last_seq, end) ? last_hash : sha256("not " + end);
  entry.hash = hashOf(entry);
  insert_.run(entry.seq, entry.id, entry.created_at, entry.actor.type, entry.actor.id,
              entry.actor.email, entry.action, entry.resource_type, entry.resource_id,
              entry.project_id, entry.ip, entry.user_agent, entry.request_id, entry.before,
              entry.after, storage::blob(entry.previous_hash), storage::blob(entry.hash));
  sealHead(headText(entry.seq, entry.hash));
}

void AuditTable::begin() { sealHead(headText(0, {})); }

std::optional<model::AuditEntry> AuditTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

// Times never fall, so a time is a place in the sequence.
int64_t AuditTable::firstSeqAt(UnixMillis time) {
  return first_at_.integer(std::numeric_limits<int64_t>::max(), time);
}

AuditPage AuditTable::list(const AuditFilter& filter) {
  Conditions where;
  if (filter.before > 0) where.add("seq < ?", filter.before);
  if (filter.start) where.add("seq >= ?", firstSeqAt(*filter.start));
  if (filter.end) where.add("seq < ?", firstSeqAt(*filter.end));
  if (!filter.resource_id.empty()) where.add("resource_id = ?", filter.resource_id);
  if (filter.actor.find('@') != std::string::npos) {
    where.add("actor_email = ? AND actor_email <> ''", filter.actor);
  } else if (!filter.actor.empty()) {
    where.add("actor_id = ?", filter.actor);
  }
  if (!filter.action.empty()) where.add("action = ?", filter.action);
  if (!filter.resource_type.empty()) where.add("resource_type = ?", filter.resource_type);
  if (!filter.project_id.empty()) where.add("project_id = ?", filter.project_id);
  const size_t limit = std::clamp<size_t>(filter.limit, 1, kMaxPage);
  storage::Statement select(db_, std::string(kSelect) + where.sql() + " ORDER BY seq DESC LIMIT " +
                                     std::to_string(limit + 1));
  where.bindTo(select);
  AuditPage page{readAll(select.rows(), read)};
  if (page.entries.size() > limit) {
    page.entries.pop_back();
    page.next = page.entries.back().seq;
  }
  return page;
}

void AuditTable::sealHead(std::string head) {
  meta_.setBytes(kHead, box_.seal(Secret(std::move(head)), kHeadIdentity));
}

// Nothing when there is none; empty when there is one that does not open.
std::optional<std::string> AuditTable::sealedHead() {
  const auto record = meta_.bytes(kHead);
  if (!record) return std::nullopt;
  const auto opened = box_.open(*record, kHeadIdentity);
  return opened ? std::string(opened->reveal()) : std::string();
}

// Only a store that nobody has set up has no head.
bool AuditTable::isSealed(int64_t seq, const std::string& end) {
  const auto head = sealedHead();
  return head ? *head == end : seq == 0 && is_set_up_.integer(0) == 0;
}

AuditVerdict AuditTable::verify() {
  AuditVerdict verdict;
  storage::Rows rows = all_.query();
  while (rows.next()) {
    const model::AuditEntry entry = read(rows);
    if (entry.seq != verdict.head_seq + 1) {
      return bad(verdict, verdict.head_seq + 1, "entries are missing");
    }
    if (entry.previous_hash != verdict.head_hash) {
      return bad(verdict, entry.seq, "the entry does not continue the one before");
    }
    if (hashOf(entry) != entry.hash) return bad(verdict, entry.seq, "the entry was changed");
    verdict.head_seq = entry.seq;
    verdict.head_hash = entry.hash;
    ++verdict.entries;
  }
  if (!isSealed(verdict.head_seq, headText(verdict.head_seq, verdict.head_hash))) {
    return bad(verdict, verdict.head_seq + 1, "the end is not the one that was written last");
  }
  return verdict;
}

}  // namespace penstock::store
