// Management keys (mlx_mk_…): what callers of this API present. Nobody can get, by minting,
// rotating or editing, a key that may more than their own; and one owner's key always stays.
#include "manage/body.h"
#include "manage/change.h"
#include "manage/errors.h"
#include "manage/keys.h"
#include "manage/kinds.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "store/mint.h"

namespace penstock::manage {
namespace {

Handler listKeys, createKey, showKey, updateKey, revokeKey, rotateKey;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/management-keys", model::Role::Admin, listKeys},
    {"POST", "/management-keys", model::Role::Admin, createKey},
    {"GET", "/management-keys/{key_id}", model::Role::Admin, showKey},
    {"PATCH", "/management-keys/{key_id}", model::Role::Admin, updateKey},
    {"DELETE", "/management-keys/{key_id}", model::Role::Admin, revokeKey},
    {"POST", "/management-keys/{key_id}/rotate", model::Role::Admin, rotateKey},
};

constexpr std::string_view kList = "management_keys";

void writeKey(json::Writer& out, const model::ManagementKey& key, UnixMillis now) {
  out.beginObject().field("id", key.id).field("name", key.name);
  out.field("description", key.description).field("role", model::roleName(key.role));
  writeTexts(out, "project_ids", key.project_ids);
  out.field("member_id", key.member_id).field("prefix", key.prefix);
  out.field("last_four", key.last_four).field("status", keyStatus(key, now));
  out.field("rate_limit_rpm", key.rate_limit_rpm);
  writeTexts(out, "ip_allowlist", key.ip_allowlist);
  writeKeyTimes(out, key);
  out.endObject();
}

std::optional<model::ManagementKey> findKey(store::Tables& tables, const Call&,
                                            std::string_view named) {
  return tables.management_keys.find(named);
}

// The members are asked for in the transaction: one may be leaving just now.
Status checkMember(store::Tables& tables, const model::ManagementKey& key) {
  if (!key.member_id) return Unit{};
  const auto member = tables.members.find(*key.member_id);
  if (member && !member->removed_at && member->role <= key.role) return Unit{};
  return fieldError("/member_id", member && !member->removed_at
                                      ? "the member's role is below that of the key"
                                      : "there is no such member");
}

// An owner's key that is in force, without an end, and nobody's in particular.
bool isLastingOwner(const model::ManagementKey& key) {
  return key.role == model::Role::Owner && !key.member_id && !key.expires_at && !key.revoked_at;
}

// 409 when the change from `before` to `after` leaves the organization without such a key: one with
// an end would be gone some day without anybody having taken it away.
Status keepAnOwner(store::Tables& tables, const model::ManagementKey& before,
                   const model::ManagementKey& after) {
  if (!isLastingOwner(before) || isLastingOwner(after)) return Unit{};
  if (tables.management_keys.countLastingOwners() > 1) return Unit{};
  ApiError error{ErrorKind::Conflict, "last_owner",
                 "the last owner's key can be neither revoked, limited in time, nor lowered"};
  error.resource = "management_key";
  error.id = before.id;
  return error;
}

// The key that the path names, if the caller may change it.
Result<model::ManagementKey> loadForChange(Change& change) {
  auto key = loadUnrevoked(change, kManagementKey);
  if (!key) return key;
  if (auto allowed = notAbove(change.call.caller, key->role); !allowed) return allowed.error();
  return key;
}

Answer listKeys(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.management_keys.list(page); });
  return pageAnswer(kList, kManagementKey, found, call.now);
}

Answer createKey(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::ManagementKey key;
  for (const char* field : {"name", "role"}) requireField(body, field);
  readManagementKeyFields(body, key, call);
  key.member_id = body.string("member_id", {.min = 1, .max = 64});
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  if (auto allowed = notAbove(call.caller, key.role); !allowed) return std::move(allowed).error();
  const store::MintedKey minted = store::mintKey(store::kManagementKeyPrefix);
  key.organization_id = call.caller.organization_id;
  key.hash = minted.hash;
  key.prefix = minted.prefix;
  key.last_four = minted.last_four;
  key.created_at = call.now;
  return change(services, call, config::Part::ManagementKeys, [&](Change& change) -> Answer {
    if (auto known = checkMember(change.tables, key); !known) return known.error();
    key.id = change.newId("mkey_");
    change.tables.management_keys.insert(key);
    change.created(kManagementKey, key);
    return secretAnswer(kCreated, kManagementKey, key, call.now, "key", minted.plaintext.reveal());
  });
}

Answer showKey(Services& services, const Call& call) {
  return showOne(kManagementKey, services, call, "key_id");
}

Answer updateKey(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, config::Part::ManagementKeys, [&](Change& change) -> Answer {
    auto key = loadForChange(change);
    if (!key) return std::move(key).error();
    const model::ManagementKey before = *key;
    json::ObjectReader body(document->root());
    readManagementKeyFields(body, *key, call);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    if (auto allowed = notAbove(call.caller, key->role); !allowed) return allowed.error();
    if (auto known = checkMember(change.tables, *key); !known) return known.error();
    if (auto kept = keepAnOwner(change.tables, before, *key); !kept) return kept.error();
    change.tables.management_keys.update(*key);
    change.updated(kManagementKey, *key);
    return objectAnswer(kOk, kManagementKey, *key, call.now);
  });
}

// Revoking twice is no error.
Answer revokeKey(Services& services, const Call& call) {
  return change(services, call, config::Part::ManagementKeys, [&](Change& change) -> Answer {
    auto key = change.load(kManagementKey, "key_id");
    if (!key) return std::move(key).error();
    if (auto allowed = notAbove(call.caller, key->role); !allowed) return allowed.error();
    model::ManagementKey revoked = *key;
    revoked.revoked_at = call.now;
    if (auto kept = keepAnOwner(change.tables, *key, revoked); !kept) return kept.error();
    change.tables.management_keys.revoke(key->id, call.now);
    change.updated(kManagementKey, *change.tables.management_keys.find(key->id), "revoked");
    return deletedAnswer(key->id);
  });
}

Answer rotateKey(Services& services, const Call& call) {
  const auto overlap_until = readOverlap(call);
  if (!overlap_until) return overlap_until.error();
  const store::MintedKey minted = store::mintKey(store::kManagementKeyPrefix);
  return change(services, call, config::Part::ManagementKeys, [&](Change& change) -> Answer {
    auto key = loadForChange(change);
    if (!key) return std::move(key).error();
    change.tables.management_keys.rotate(key->id, minted, *overlap_until);
    const model::ManagementKey rotated = *change.tables.management_keys.find(key->id);
    change.updated(kManagementKey, rotated, "rotated");
    return secretAnswer(kOk, kManagementKey, rotated, call.now, "key", minted.plaintext.reveal());
  });
}

}  // namespace

const Kind<model::ManagementKey> kManagementKey{"management_key", ofOrganization, writeKey,
                                                findKey};

void readManagementKeyFields(json::ObjectReader& body, model::ManagementKey& key,
                             const Call& call) {
  if (auto name = body.string("name", kName)) key.name = std::move(*name);
  if (auto text = body.string("description", kDescription)) key.description = std::move(*text);
  if (const auto role = readRole(body)) key.role = *role;
  readProjectIds(body, key.project_ids, call);
  refuseConfinedRole(body, key.role, key.project_ids);
  readRateLimit(body, key.rate_limit_rpm);
  if (readIpAllowlist(body, key.ip_allowlist) && key.id == call.caller.id) {
    refuseShutOut(body, key.ip_allowlist, call);
  }
  readExpiry(body, key.expires_at, call.now);
}

std::span<const ResourceRoute> managementKeyRoutes() { return kRoutes; }

}  // namespace penstock::manage
