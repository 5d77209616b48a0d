#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "manage/change.h"
#include "model/budget.h"
#include "model/key.h"
#include "model/member.h"
#include "model/price.h"
#include "model/project.h"
#include "model/provider.h"
#include "model/routing_config.h"
#include "model/webhook.h"
#include "store/mint.h"

// What a change does, with what follows from it and with its audit entries, for the routes and for
// the declarative configuration alike. Each is in its resource's file.
namespace penstock::manage {

// Gives it an id and a @default.
Result<model::Project> addProject(Change& change, model::Project project);
// Revokes its keys and deletes its routing configs, budgets and balances; members and management
// keys that were confined to it alone go too.
Status dropProject(Change& change, const model::Project& project);

// Gives it an id and a secret.
struct NewKey {
  model::ApiKey key;
  Secret plaintext;
};
NewKey addApiKey(Change& change, model::ApiKey key);
// The same for a key that has its secret's hash already.
model::ApiKey storeApiKey(Change& change, model::ApiKey key);
// No-op on one that is revoked already.
void revokeApiKey(Change& change, const model::ApiKey& key);

// Give it an id; move the @defaults that nobody has edited to it when it can serve them.
Result<model::Provider> addProvider(Change& change, model::Provider provider);
Result<model::Provider> changeProvider(Change& change, model::Provider provider);
Status dropProvider(Change& change, const model::Provider& provider);

Result<model::RoutingConfig> addRoutingConfig(Change& change, model::RoutingConfig config,
                                              const std::string& note);
// Saves its present state as the next version; one that changes nothing makes none. Conflict:
// version_conflict.
Result<model::RoutingConfig> changeRoutingConfig(Change& change, const model::RoutingConfig& config,
                                                 std::optional<int64_t> expected_version,
                                                 const std::string& note);

// Gives it an id and a signing secret.
model::WebhookEndpoint addWebhookEndpoint(Change& change, model::WebhookEndpoint endpoint);
// Writes nothing when nothing differs.
model::WebhookEndpoint changeWebhookEndpoint(Change& change, model::WebhookEndpoint endpoint);

// Gives it an id. Conflict: budget_exists.
Result<model::Budget> addBudget(Change& change, model::Budget budget);
// Writes nothing when nothing differs. Conflict: budget_exists.
Result<model::Budget> changeBudget(Change& change, model::Budget budget);
// Its alerts go with it.
void dropBudget(Change& change, const model::Budget& budget);
// Gives it an id.
model::BudgetAlert addBudgetAlert(Change& change, model::BudgetAlert alert);
void dropBudgetAlert(Change& change, const model::BudgetAlert& alert);

// Gives it an id. Conflict: price_exists.
Result<model::PriceOverride> addPrice(Change& change, model::PriceOverride price);
// Writes nothing when nothing differs. Conflict: price_exists.
Result<model::PriceOverride> changePrice(Change& change, model::PriceOverride price);
void dropPrice(Change& change, const model::PriceOverride& price);

// What was put in is no cap any more.
void dropBalance(Change& change, const model::Balance& balance);

// Members: Forbidden for a role above the caller's, the member's own or the one to be given.
// Gives it an id. Conflict: member_exists.
Status addMember(Change& change, model::Member& member);
// Writes nothing when nothing differs. Whether an owner stays is for the caller to see to, who may
// change several.
Status changeMember(Change& change, const model::Member& before, const model::Member& member);
// Revokes the member's management keys. Conflict: last_owner.
Status dropMember(Change& change, const model::Member& member);

}  // namespace penstock::manage
