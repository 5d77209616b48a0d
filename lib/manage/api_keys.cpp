// Project keys (mlx_sk_…): what callers of the proxy present. The plaintext is shown once.
#include "manage/body.h"
#include "manage/change.h"
#include "manage/effects.h"
#include "manage/keys.h"
#include "manage/kinds.h"
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

void writeKey(json::Writer& out, const model::ApiKey& key, UnixMillis now) {
  out.beginObject().field("id", key.id).field("project_id", key.project_id);
  out.field("name", key.name).field("description", key.description);
  out.field("prefix", key.prefix).field("last_four", key.last_four);
  out.field("status", keyStatus(key, now)).field("rate_limit_rpm", key.rate_limit_rpm);
  writeTexts(out, "allowed_models", key.allowed_models);
  writeTexts(out, "ip_allowlist", key.ip_allowlist);
  out.field("allow_provider_keys", key.allow_provider_keys);
  writeKeyTimes(out, key);
  out.endObject();
}

std::string_view projectOf(const model::ApiKey& key) { return key.project_id; }

std::optional<model::ApiKey> findKey(store::Tables& tables, const Call&, std::string_view named) {
  return tables.api_keys.find(named);
}

Answer listKeys(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const std::string named = query.text("project_id");
  store::ApiKeyFilter filter{.now = call.now};
  if (const auto status = query.choice("status", {"active", "expired", "revoked"})) {
    filter.status = static_cast<store::KeyStatus>(*status);
  }
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto projects = projectFilter(call, named);
  if (!projects) return projects.error();
  filter.project_ids = *projects;
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.api_keys.list(filter, page); });
  return pageAnswer(kList, kApiKey, found, call.now);
}

Answer createKey(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::ApiKey key;
  if (const model::Project* project = readProject(body, call)) key.project_id = project->id;
  requireField(body, "name");
  readApiKeyFields(body, key, call.now);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  return change(services, call, config::Part::ApiKeys, [&](Change& change) -> Answer {
    const auto owner = change.tables.projects.find(key.project_id);
    if (!owner || owner->deleted_at) return notFound("project", key.project_id);
    const NewKey added = addApiKey(change, key);
    return secretAnswer(kCreated, kApiKey, added.key, call.now, "key", added.plaintext.reveal());
  });
}

Answer showKey(Services& services, const Call& call) {
  return showOne(kApiKey, services, call, "key_id");
}

Answer updateKey(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, config::Part::ApiKeys, [&](Change& change) -> Answer {
    auto key = loadUnrevoked(change, kApiKey);
    if (!key) return std::move(key).error();
    json::ObjectReader body(document->root());
    readApiKeyFields(body, *key, call.now);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    change.tables.api_keys.update(*key);
    change.updated(kApiKey, *key);
    return objectAnswer(kOk, kApiKey, *key, call.now);
  });
}

// Revoking twice is no error: the key is as its owner wants it.
Answer revokeKey(Services& services, const Call& call) {
  return change(services, call, config::Part::ApiKeys, [&](Change& change) -> Answer {
    auto key = change.load(kApiKey, "key_id");
    if (!key) return std::move(key).error();
    revokeApiKey(change, *key);
    return deletedAnswer(key->id);
  });
}

// The new secret works once this is answered, and the old one fails, or does when the overlap ends.
Answer rotateKey(Services& services, const Call& call) {
  const auto overlap_until = readOverlap(call);
  if (!overlap_until) return overlap_until.error();
  const store::MintedKey minted = store::mintKey(store::kProjectKeyPrefix);
  return change(services, call, config::Part::ApiKeys, [&](Change& change) -> Answer {
    auto key = loadUnrevoked(change, kApiKey);
    if (!key) return std::move(key).error();
    change.tables.api_keys.rotate(key->id, minted, *overlap_until);
    const model::ApiKey rotated = *change.tables.api_keys.find(key->id);
    change.updated(kApiKey, rotated, "rotated");
    return secretAnswer(kOk, kApiKey, rotated, call.now, "key", minted.plaintext.reveal());
  });
}

}  // namespace

const Kind<model::ApiKey> kApiKey{"api_key", projectOf, writeKey, findKey};

void readApiKeyFields(json::ObjectReader& body, model::ApiKey& key, UnixMillis now) {
  if (auto name = body.string("name", kName)) key.name = std::move(*name);
  if (auto text = body.string("description", kDescription)) key.description = std::move(*text);
  readRateLimit(body, key.rate_limit_rpm);
  readTexts(body, "allowed_models", key.allowed_models);
  readIpAllowlist(body, key.ip_allowlist);
  key.allow_provider_keys = body.boolean("allow_provider_keys").value_or(key.allow_provider_keys);
  readExpiry(body, key.expires_at, now);
}

NewKey addApiKey(Change& change, model::ApiKey key) {
  store::MintedKey minted = store::mintKey(store::kProjectKeyPrefix);
  key.hash = minted.hash;
  key.prefix = minted.prefix;
  key.last_four = minted.last_four;
  return {storeApiKey(change, std::move(key)), std::move(minted.plaintext)};
}

model::ApiKey storeApiKey(Change& change, model::ApiKey key) {
  key.id = change.newId("key_");
  key.created_at = change.call.now;
  change.tables.api_keys.insert(key);
  change.created(kApiKey, key);
  return key;
}

void revokeApiKey(Change& change, const model::ApiKey& key) {
  change.remember(kApiKey, key);
  change.tables.api_keys.revoke(key.id, change.call.now);
  change.updated(kApiKey, *change.tables.api_keys.find(key.id), "revoked");
}

std::span<const ResourceRoute> apiKeyRoutes() { return kRoutes; }

}  // namespace penstock::manage
