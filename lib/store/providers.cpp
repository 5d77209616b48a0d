#include "store/providers.h"

#include <limits>
#include <stdexcept>

#include "store/provider_texts.h"
#include "store/rows.h"

namespace penstock::store {
namespace {

std::string identity(std::string_view id, std::string_view what = "api_key") {
  return "provider:" + std::string(id) + ":" + std::string(what);
}

std::optional<storage::Blob> asBlob(const std::optional<std::string>& sealed) {
  if (!sealed) return std::nullopt;
  return storage::Blob{*sealed};
}

ApiError nameTaken(const model::Provider& provider) {
  return conflict("name_taken", "another provider has the name " + provider.name, "/name");
}

}  // namespace

Status ProviderTable::insert(const model::Provider& provider) {
  if (isNameTaken(provider)) return nameTaken(provider);
  const bool is_default = claimDefault(provider);
  const std::optional<std::string> sealed = seal(provider);
  const std::optional<std::string> credentials = sealCredentials(provider);
  insert_.run(provider.id, provider.vendor, provider.name, provider.base_url, asBlob(sealed),
              provider.allow_private, is_default, provider.default_model, provider.created_at,
              provider.updated_at, provider.quota_group, provider.max_concurrency,
              provider.probe_interval_seconds, settingsText(provider.settings),
              asBlob(credentials));
  return Unit{};
}

std::optional<model::Provider> ProviderTable::find(std::string_view id) {
  return readOne(find_.query(id), [this](const auto& row) { return read(row); });
}

std::optional<model::Provider> ProviderTable::findByName(std::string_view name) {
  return readOne(by_name_.query(name), [this](const auto& row) { return read(row); });
}

std::optional<model::Provider> ProviderTable::defaultOf(std::string_view vendor) {
  return readOne(default_of_.query(vendor), [this](const auto& row) { return read(row); });
}

Page<model::Provider> ProviderTable::list(const PageRequest& page) {
  return toPage(readAll(list_.query(page.after, rowsToAsk(page)),
                        [this](const auto& row) { return read(row); }),
                page);
}

std::vector<model::Provider> ProviderTable::all() {
  return readAll(list_.query("", std::numeric_limits<int64_t>::max()),
                 [this](const auto& row) { return read(row); });
}

Status ProviderTable::update(const model::Provider& provider) {
  if (!find(provider.id)) return notFound("provider", provider.id);
  if (isNameTaken(provider)) return nameTaken(provider);
  const bool is_default = claimDefault(provider);
  const std::optional<std::string> sealed = seal(provider);
  const std::optional<std::string> credentials = sealCredentials(provider);
  update_.run(provider.name, provider.base_url, asBlob(sealed), provider.allow_private, is_default,
              provider.default_model, provider.updated_at, provider.quota_group,
              provider.max_concurrency, provider.probe_interval_seconds,
              settingsText(provider.settings), asBlob(credentials), provider.id);
  return Unit{};
}

bool ProviderTable::softDelete(std::string_view id, UnixMillis now) {
  const auto provider = find(id);
  if (!provider) return false;
  delete_.run(now, id);
  if (provider->is_default) promote_.run(provider->vendor);
  return true;
}

// Empty for a provider without a key, such as a model server in the same house: stored as NULL.
std::optional<std::string> ProviderTable::seal(const model::Provider& provider) const {
  if (provider.api_key.empty()) return std::nullopt;
  return box_.seal(provider.api_key, identity(provider.id));
}

// NULL for those whose api_key is all there is.
std::optional<std::string> ProviderTable::sealCredentials(const model::Provider& provider) const {
  if (provider.credentials == model::Credentials{}) return std::nullopt;
  return box_.seal(credentialsText(provider.credentials), identity(provider.id, "credentials"));
}

Secret ProviderTable::open(const storage::Rows& row, int column, const std::string& id,
                           std::string_view what) const {
  if (row.isNull(column)) return Secret();
  Result<Secret> opened = box_.open(row.blob(column), identity(id, what));
  if (!opened) throw std::runtime_error(id + ": " + opened.error().detail);
  return *std::move(opened);
}

model::Provider ProviderTable::read(const storage::Rows& row) const {
  model::Provider provider;
  provider.id = row.string(0);
  provider.vendor = row.string(1);
  provider.name = row.string(2);
  provider.base_url = row.optionalString(3);
  provider.api_key = open(row, 4, provider.id, "api_key");
  provider.allow_private = row.flag(5);
  provider.is_default = row.flag(6);
  provider.default_model = row.string(7);
  provider.created_at = row.integer(8);
  provider.updated_at = row.integer(9);
  provider.quota_group = row.string(10);
  provider.max_concurrency = row.optionalInteger(11);
  provider.probe_interval_seconds = row.optionalInteger(12);
  provider.settings = readSettings(row.string(13));
  provider.credentials = readCredentials(open(row, 14, provider.id, "credentials"));
  return provider;
}

bool ProviderTable::isNameTaken(const model::Provider& provider) {
  return name_holder_.integer(0, provider.name, provider.id) != 0;
}

// Makes room when the provider wants to be the default; answers whether it is to be.
bool ProviderTable::claimDefault(const model::Provider& provider) {
  if (provider.is_default) clear_default_.run(provider.vendor, provider.id);
  return provider.is_default || has_default_.integer(0, provider.vendor, provider.id) == 0;
}

}  // namespace penstock::store
