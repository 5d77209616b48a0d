#pragma once

#include "store/api_keys.h"
#include "store/management_keys.h"
#include "store/meta.h"
#include "store/organizations.h"
#include "store/projects.h"
#include "store/providers.h"
#include "store/routing_configs.h"
#include "store/webhooks.h"

namespace penstock::store {

// All tables of penstock.db, bound to one connection; used by one thread at a time. Handed out by
// Store::write() and Store::read() for the length of a call; never kept.
struct Tables {
  Tables(storage::Database& db, const storage::SecretBox& box)
      : organizations(db),
        projects(db),
        api_keys(db),
        management_keys(db),
        providers(db, box),
        routing_configs(db),
        webhook_endpoints(db, box),
        webhook_outbox(db),
        meta(db) {}

  OrganizationTable organizations;
  ProjectTable projects;
  ApiKeyTable api_keys;
  ManagementKeyTable management_keys;
  ProviderTable providers;
  RoutingConfigTable routing_configs;
  WebhookEndpointTable webhook_endpoints;
  WebhookOutbox webhook_outbox;
  MetaTable meta;
};

}  // namespace penstock::store
