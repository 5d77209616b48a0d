// Project keys (mlx_sk_…): what callers of the proxy present. The plaintext is shown once.
#include "base/id.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/query.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler listKeys, createKey, showKey, updateKey, revokeKey, rotateKey;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/api-keys", model::Role::Viewer, listKeys},
    {"POST", "/api-keys", model::Role::Member, createKey},
    {"GET", "/api-keys/{key_id}", model::Role::Viewer, showKey},
    {"PATCH", "/api-keys/{key_id}", model::Role::Member, updateKey},
    {"DELETE", "/api-keys/{key_id}", model::Role::Member, revokeKey},
    {"POST", "/api-keys/{key_id}/rotate", model::Role::Member, rotateKey},
};

constexpr std::string_view kList = "api_keys";
constexpr json::IntRange kRateLimit{.min = 1, .max = 1'000'000'000};

void writeFields(json::Writer& out, const model::ApiKey& key, UnixMillis now) {
  out.field("id", key.id).field("project_id", key.project_id).field("name", key.name);
  out.field("description", key.description).field("prefix", key.prefix);
  out.field("last_four", key.last_four).field("status", keyStatus(key, now));
  out.field("rate_limit_rpm", key.rate_limit_rpm);
  writeTime(out, "expires_at", key.expires_at);
  writeTime(out, "revoked_at", key.revoked_at);
  writeTime(out, "created_at", key.created_at);
}

http::Response keyAnswer(const model::ApiKey& key, UnixMillis now) {
  return dataAnswer(kOk, [&](json::Writer& out) {
    out.beginObject();
    writeFields(out, key, now);
    out.endObject();
  });
}

// With the plaintext: the only two answers that hold one are create's and rotate's.
http::Response freshKeyAnswer(int status, const model::ApiKey& key, const Secret& plaintext,
                              UnixMillis now) {
  return dataAnswer(status, [&](json::Writer& out) {
    out.beginObject();
    writeFields(out, key, now);
    out.field("key", plaintext.reveal()).endObject();
  });
}

ApiError revokedAlready(std::string_view id) {
  ApiError error{ErrorKind::Conflict, "api_key_revoked", "the key is revoked"};
  error.resource = "api_key";
  error.id = id;
  return error;
}

// The key, which a change needs to be usable still.
Result<model::ApiKey> findUnrevoked(store::Tables& tables, std::string_view id) {
  auto key = tables.api_keys.find(id);
  if (!key) return notFound("api_key", std::string(id));
  if (key->revoked_at) return revokedAlready(id);
  return *std::move(key);
}

void readKeyFields(json::ObjectReader& body, model::ApiKey& key) {
  if (auto name = body.string("name", kName)) key.name = std::move(*name);
  if (auto text = body.string("description", kDescription)) key.description = std::move(*text);
  if (body.isNull("rate_limit_rpm")) {
    key.rate_limit_rpm.reset();
  } else if (auto limit = body.integer("rate_limit_rpm", kRateLimit)) {
    key.rate_limit_rpm = limit;
  }
}

Answer listKeys(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const std::string named = query.text("project_id");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto project = projectFilter(*call.config, named);
  if (!project) return project.error();
  const std::span<const std::string> projects(&*project, project->empty() ? 0 : 1);
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.api_keys.list({.project_ids = projects}, page); });
  return pageAnswer(kList, found, [&](json::Writer& out, const model::ApiKey& key) {
    out.beginObject();
    writeFields(out, key, call.now);
    out.endObject();
  });
}

Answer createKey(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::ApiKey key;
  const model::Project* project = readProject(body, *call.config);
  requireField(body, "name");
  readKeyFields(body, key);
  key.expires_at = readExpiry(body, call.now);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  const store::MintedKey minted = store::mintKey(store::kProjectKeyPrefix);
  key.id = newId("key_", call.now);
  key.project_id = project->id;
  key.hash = minted.hash;
  key.prefix = minted.prefix;
  key.last_four = minted.last_four;
  key.created_at = call.now;
  auto created =
      services.config.change(config::Part::ApiKeys, [&](store::Tables& tables) -> Status {
        const auto owner = tables.projects.find(key.project_id);
        if (!owner || owner->deleted_at) return notFound("project", key.project_id);
        tables.api_keys.insert(key);
        return Unit{};
      });
  if (!created) return std::move(created).error();
  return freshKeyAnswer(kCreated, key, minted.plaintext, call.now);
}

Answer showKey(Services& services, const Call& call) {
  const auto id = call.request.param("key_id");
  const auto key =
      services.config.store().read([&](store::Tables& tables) { return tables.api_keys.find(id); });
  if (!key) return notFound("api_key", std::string(id));
  return keyAnswer(*key, call.now);
}

Answer updateKey(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  auto updated = services.config.change(
      config::Part::ApiKeys, [&](store::Tables& tables) -> Result<model::ApiKey> {
        auto key = findUnrevoked(tables, call.request.param("key_id"));
        if (!key) return key;
        json::ObjectReader body(document->root());
        readKeyFields(body, *key);
        if (auto checked = body.finish(); !checked) return std::move(checked).error();
        tables.api_keys.update(*key);
        return key;
      });
  if (!updated) return std::move(updated).error();
  return keyAnswer(*updated, call.now);
}

// Revoking twice is no error: the key is as its owner wants it.
Answer revokeKey(Services& services, const Call& call) {
  const std::string id(call.request.param("key_id"));
  auto revoked =
      services.config.change(config::Part::ApiKeys, [&](store::Tables& tables) -> Status {
        if (!tables.api_keys.find(id)) return notFound("api_key", id);
        tables.api_keys.revoke(id, call.now);
        return Unit{};
      });
  if (!revoked) return std::move(revoked).error();
  return deletedAnswer(id);
}

// The new secret works and the old one fails once this is answered.
Answer rotateKey(Services& services, const Call& call) {
  const store::MintedKey minted = store::mintKey(store::kProjectKeyPrefix);
  auto rotated = services.config.change(
      config::Part::ApiKeys, [&](store::Tables& tables) -> Result<model::ApiKey> {
        auto key = findUnrevoked(tables, call.request.param("key_id"));
        if (!key) return key;
        tables.api_keys.rotate(key->id, minted);
        return *tables.api_keys.find(key->id);
      });
  if (!rotated) return std::move(rotated).error();
  return freshKeyAnswer(kOk, *rotated, minted.plaintext, call.now);
}

}  // namespace

std::span<const ResourceRoute> apiKeyRoutes() { return kRoutes; }

}  // namespace penstock::manage
