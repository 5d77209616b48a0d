// Management keys (mlx_mk_…): what callers of this API present. Nobody can get, by minting or
// rotating, a key that may more than their own; and one owner's key always stays.
#include "base/id.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/query.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler listKeys, createKey, showKey, revokeKey, rotateKey;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/management-keys", model::Role::Admin, listKeys},
    {"POST", "/management-keys", model::Role::Admin, createKey},
    {"GET", "/management-keys/{key_id}", model::Role::Admin, showKey},
    {"DELETE", "/management-keys/{key_id}", model::Role::Admin, revokeKey},
    {"POST", "/management-keys/{key_id}/rotate", model::Role::Admin, rotateKey},
};

constexpr std::string_view kList = "management_keys";

void writeFields(json::Writer& out, const model::ManagementKey& key, UnixMillis now) {
  out.field("id", key.id).field("name", key.name).field("role", model::roleName(key.role));
  out.field("prefix", key.prefix).field("last_four", key.last_four);
  out.field("status", keyStatus(key, now));
  writeTime(out, "expires_at", key.expires_at);
  writeTime(out, "revoked_at", key.revoked_at);
  writeTime(out, "created_at", key.created_at);
}

http::Response freshKeyAnswer(int status, const model::ManagementKey& key, const Secret& plaintext,
                              UnixMillis now) {
  return dataAnswer(status, [&](json::Writer& out) {
    out.beginObject();
    writeFields(out, key, now);
    out.field("key", plaintext.reveal()).endObject();
  });
}

Status notAbove(const model::ManagementKey& caller, model::Role role) {
  if (caller.role <= role) return Unit{};
  return ApiError{ErrorKind::Forbidden, "forbidden",
                  "the key's role is above that of the key you use"};
}

ApiError conflict(const char* code, const char* message, const std::string& id) {
  ApiError error{ErrorKind::Conflict, code, message};
  error.resource = "management_key";
  error.id = id;
  return error;
}

bool isLastOwner(store::Tables& tables, const model::ManagementKey& key, UnixMillis now) {
  const bool counts = key.role == model::Role::Owner && keyStatus(key, now) == "active";
  return counts && tables.management_keys.countOwners(now) <= 1;
}

// The key, if the caller may change it.
Result<model::ManagementKey> findForChange(store::Tables& tables, const Call& call) {
  const std::string id(call.request.param("key_id"));
  auto key = tables.management_keys.find(id);
  if (!key) return notFound("management_key", id);
  if (auto allowed = notAbove(call.caller, key->role); !allowed) return allowed.error();
  return *std::move(key);
}

Answer listKeys(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.management_keys.list(page); });
  return pageAnswer(kList, found, [&](json::Writer& out, const model::ManagementKey& key) {
    out.beginObject();
    writeFields(out, key, call.now);
    out.endObject();
  });
}

Answer createKey(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::ManagementKey key;
  key.name = body.requireString("name", kName);
  // In the order of model::Role.
  key.role =
      static_cast<model::Role>(body.requireChoice("role", {"owner", "admin", "member", "viewer"}));
  key.expires_at = readExpiry(body, call.now);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  if (auto allowed = notAbove(call.caller, key.role); !allowed) return std::move(allowed).error();
  const store::MintedKey minted = store::mintKey(store::kManagementKeyPrefix);
  key.id = newId("mkey_", call.now);
  key.organization_id = call.caller.organization_id;
  key.hash = minted.hash;
  key.prefix = minted.prefix;
  key.last_four = minted.last_four;
  key.created_at = call.now;
  auto created = services.config.change(config::Part::ManagementKeys, [&](store::Tables& tables) {
    tables.management_keys.insert(key);
  });
  if (!created) return std::move(created).error();
  return freshKeyAnswer(kCreated, key, minted.plaintext, call.now);
}

Answer showKey(Services& services, const Call& call) {
  const auto id = call.request.param("key_id");
  const auto key = services.config.store().read(
      [&](store::Tables& tables) { return tables.management_keys.find(id); });
  if (!key) return notFound("management_key", std::string(id));
  return dataAnswer(kOk, [&](json::Writer& out) {
    out.beginObject();
    writeFields(out, *key, call.now);
    out.endObject();
  });
}

Answer revokeKey(Services& services, const Call& call) {
  auto revoked = services.config.change(
      config::Part::ManagementKeys, [&](store::Tables& tables) -> Result<std::string> {
        auto key = findForChange(tables, call);
        if (!key) return std::move(key).error();
        if (isLastOwner(tables, *key, call.now)) {
          return conflict("last_owner", "the last owner's key cannot be revoked", key->id);
        }
        tables.management_keys.revoke(key->id, call.now);
        return key->id;
      });
  if (!revoked) return std::move(revoked).error();
  return deletedAnswer(*revoked);
}

Answer rotateKey(Services& services, const Call& call) {
  const store::MintedKey minted = store::mintKey(store::kManagementKeyPrefix);
  auto rotated = services.config.change(
      config::Part::ManagementKeys, [&](store::Tables& tables) -> Result<model::ManagementKey> {
        auto key = findForChange(tables, call);
        if (!key) return key;
        if (!tables.management_keys.rotate(key->id, minted)) {
          return conflict("management_key_revoked", "the key is revoked", key->id);
        }
        return *tables.management_keys.find(key->id);
      });
  if (!rotated) return std::move(rotated).error();
  return freshKeyAnswer(kOk, *rotated, minted.plaintext, call.now);
}

}  // namespace

std::span<const ResourceRoute> managementKeyRoutes() { return kRoutes; }

}  // namespace penstock::manage
