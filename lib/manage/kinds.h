#pragma once

#include "json/reader.h"
#include "manage/kind.h"
#include "model/budget.h"
#include "model/key.h"
#include "model/member.h"
#include "model/price.h"
#include "model/project.h"
#include "model/provider.h"
#include "model/routing_config.h"
#include "model/webhook.h"

// Every type of resource, for those who work with several: the declarative configuration reads,
// compares and changes them with what the resources' own files use. Each is in its resource's file.
namespace penstock::manage {

extern const Kind<model::Organization> kOrganization;
extern const Kind<model::Member> kMember;
extern const Kind<model::Project> kProject;
extern const Kind<model::ApiKey> kApiKey;
extern const Kind<model::ManagementKey> kManagementKey;
extern const Kind<model::Provider> kProvider;
extern const Kind<model::RoutingConfig> kRoutingConfig;
extern const Kind<model::PriceOverride> kPrice;
extern const Kind<model::WebhookEndpoint> kWebhookEndpoint;
extern const Kind<model::Budget> kBudget;
extern const Kind<model::Balance> kBalance;

// Lay a body's fields over a resource, which is empty or the present state, and record what is
// wrong with them.
void readOrganization(json::ObjectReader& body, model::Organization& organization,
                      const Call& call);
void readMember(json::ObjectReader& body, model::Member& member, const Call& call);
void readProjectFields(json::ObjectReader& body, model::Project& project);
void readApiKeyFields(json::ObjectReader& body, model::ApiKey& key, UnixMillis now);
void readWebhookEndpoint(json::ObjectReader& body, model::WebhookEndpoint& endpoint);
void readManagementKeyFields(json::ObjectReader& body, model::ManagementKey& key, const Call& call);

}  // namespace penstock::manage
