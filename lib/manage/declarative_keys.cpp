#include "manage/declarative_keys.h"

#include "manage/effects.h"

namespace penstock::manage {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

std::optional<Sha256> parseDigest(std::string_view text) {
  Sha256 digest{};
  if (text.size() != digest.size() * 2) return std::nullopt;
  for (size_t i = 0; i < digest.size(); ++i) {
    const size_t high = kDigits.find(text[2 * i]);
    const size_t low = kDigits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    digest[i] = static_cast<uint8_t>(high * kDigits.size() + low);
  }
  return digest;
}

}  // namespace

std::optional<ImportedSecret> readImportedSecret(json::ObjectReader& item) {
  const auto text = item.string("hash", {.min = 64, .max = 64});
  ImportedSecret secret;
  secret.prefix = item.string("prefix", {.min = 0, .max = 16}).value_or("mlx_sk_");
  secret.last_four = item.string("last_four", {.min = 4, .max = 4}).value_or("????");
  if (!text) return std::nullopt;
  const auto digest = parseDigest(*text);
  if (!digest) item.fail("hash", "must be a SHA-256 in lower-case hex");
  secret.hash = digest.value_or(Sha256{});
  return secret;
}

Status importApiKey(Change& change, model::ApiKey key, const ImportedSecret& secret) {
  if (change.tables.api_keys.isKnown(secret.hash)) {
    return ApiError{ErrorKind::Conflict, "key_exists", "another key has or had this secret",
                    "/hash"};
  }
  key.hash = secret.hash;
  key.prefix = secret.prefix;
  key.last_four = secret.last_four;
  storeApiKey(change, std::move(key));
  return Unit{};
}

DeclaredKeys::Keys& DeclaredKeys::keysOf(const std::string& project_id) {
  const auto [found, is_new] = unmatched_.try_emplace(project_id);
  Keys& keys = found->second;
  if (!is_new) return keys;
  for (model::ApiKey& key : tables_.api_keys.unrevokedOf(project_id)) {
    const Sha256 hash = key.hash;
    const std::string name = key.name;
    keys.by_hash.emplace(hash, keys.by_name.emplace(name, std::move(key)));
  }
  return keys;
}

std::vector<model::ApiKey> DeclaredKeys::unmatchedOf(const std::string& project_id) {
  std::vector<model::ApiKey> left;
  for (const auto& [name, key] : keysOf(project_id).by_name) left.push_back(key);
  return left;
}

std::optional<model::ApiKey> DeclaredKeys::match(const std::string& project_id,
                                                 std::string_view name, const Sha256* hash) {
  Keys& keys = keysOf(project_id);
  auto place = keys.by_name.end();
  if (hash == nullptr) {
    place = keys.by_name.lower_bound(name);
    if (place != keys.by_name.end() && place->first != name) place = keys.by_name.end();
  } else if (const auto found = keys.by_hash.find(*hash); found != keys.by_hash.end()) {
    place = found->second;
  }
  if (place == keys.by_name.end()) return std::nullopt;
  model::ApiKey key = std::move(place->second);
  keys.by_hash.erase(key.hash);
  keys.by_name.erase(place);
  return key;
}

}  // namespace penstock::manage
