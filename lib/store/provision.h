#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "model/project.h"
#include "model/provider.h"

// What follows from a change in one table for the others: the rules about @default. Each function
// runs inside a writer job (Store::write, ConfigStore::change).
namespace penstock::store {

class Store;
class Tables;

constexpr std::string_view kDemoVendor = "demo";
constexpr std::string_view kDemoModel = "demo-chat";
constexpr std::string_view kDefaultSlug = "default";

// What the first start made. The keys are set only when this call created them; they exist
// nowhere else.
struct FirstKeys {
  std::optional<Secret> project_key;
  std::optional<Secret> management_key;
};

// Fills a fresh store: organization, project `default`, a project key, an owner's management key,
// the provider `demo` and the routing config `default`, which works at once. Does nothing on a
// store that has an organization. Call it before ConfigStore::load().
FirstKeys bootstrap(Store& store, const Clock& clock);

// Adds the built-in demo provider unless there is one; returns its id.
std::string ensureDemoProvider(Tables& tables, UnixMillis now);

// Inserts the project and its @default (policy single, automatic) at the oldest real provider that
// has a default model, else at the demo provider; without either there is no @default yet.
Status createProject(Tables& tables, const model::Project& project);

// Soft-deletes the project and its routing configs and revokes its keys. False: no such project.
bool deleteProject(Tables& tables, std::string_view project_id, UnixMillis now);

// Whether @default may use the provider: it is a real one and has a default model.
bool canBeDefault(const model::Provider& provider);

// Insert or update a provider. When it is a real one with a default model, every @default that
// nobody has edited and that still points at the demo moves to it, as a new version.
Status addProvider(Tables& tables, const model::Provider& provider);
Status updateProvider(Tables& tables, const model::Provider& provider);

// Conflict (provider_in_use, naming the configs) while a routing config points to it; NotFound.
Status deleteProvider(Tables& tables, std::string_view id, UnixMillis now);

}  // namespace penstock::store
