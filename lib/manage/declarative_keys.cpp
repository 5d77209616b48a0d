#include "manage/declarative_keys.h"

#include <algorithm>

#include "manage/kinds.h"

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
  key.id = change.newId("key_");
  key.hash = secret.hash;
  key.prefix = secret.prefix;
  key.last_four = secret.last_four;
  key.created_at = change.call.now;
  change.tables.api_keys.insert(key);
  change.created(kApiKey, key);
  return Unit{};
}

std::vector<model::ApiKey>& DeclaredKeys::unmatchedOf(const std::string& project_id) {
  const auto [found, is_new] = unmatched_.try_emplace(project_id);
  if (is_new) found->second = tables_.api_keys.unrevokedOf(project_id);
  return found->second;
}

std::optional<model::ApiKey> DeclaredKeys::match(const std::string& project_id,
                                                 std::string_view name, const Sha256* hash) {
  std::vector<model::ApiKey>& keys = unmatchedOf(project_id);
  auto found = keys.end();
  if (hash != nullptr) {
    found = std::find_if(keys.begin(), keys.end(),
                         [&](const model::ApiKey& key) { return key.hash == *hash; });
  } else {
    found = std::find_if(keys.begin(), keys.end(),
                         [&](const model::ApiKey& key) { return key.name == name; });
  }
  if (found == keys.end()) return std::nullopt;
  model::ApiKey key = std::move(*found);
  keys.erase(found);
  return key;
}

}  // namespace penstock::manage
