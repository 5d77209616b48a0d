#pragma once

#include "store/api_keys.h"
#include "store/audit_log.h"
#include "store/balances.h"
#include "store/budget_alerts.h"
#include "store/budget_events.h"
#include "store/budgets.h"
#include "store/email_outbox.h"
#include "store/idempotent_requests.h"
#include "store/ledger_buckets.h"
#include "store/local_batches.h"
#include "store/management_keys.h"
#include "store/members.h"
#include "store/meta.h"
#include "store/organizations.h"
#include "store/price_overrides.h"
#include "store/projects.h"
#include "store/providers.h"
#include "store/relayed_objects.h"
#include "store/routing_configs.h"
#include "store/stored_responses.h"
#include "store/webhooks.h"

namespace penstock::store {

// All tables of penstock.db, bound to one connection; used by one thread at a time. Handed out by
// Store::write() and Store::read() for the length of a call; never kept.
class Tables {
 public:
  Tables(storage::Database& db, const storage::SecretBox& box)
      : organizations(db),
        members(db),
        projects(db, box),
        api_keys(db),
        management_keys(db),
        providers(db, box),
        routing_configs(db),
        budgets(db),
        budget_alerts(db),
        budget_events(db),
        balances(db),
        ledger_buckets(db),
        price_overrides(db),
        webhook_endpoints(db, box),
        webhook_outbox(db),
        email_outbox(db),
        audit_log(db, box),
        idempotent_requests(db, box),
        relayed_objects(db),
        stored_responses(db),
        local_batches(db),
        meta(db),
        db_(db) {}

  // Rows written on the connection since it was opened: whether a piece of work wrote any.
  int64_t rowsWritten() const { return db_.totalChanges(); }

  OrganizationTable organizations;
  MemberTable members;
  ProjectTable projects;
  ApiKeyTable api_keys;
  ManagementKeyTable management_keys;
  ProviderTable providers;
  RoutingConfigTable routing_configs;
  BudgetTable budgets;
  BudgetAlertTable budget_alerts;
  BudgetEventTable budget_events;
  BalanceTable balances;
  LedgerBucketTable ledger_buckets;
  PriceOverrideTable price_overrides;
  WebhookEndpointTable webhook_endpoints;
  WebhookOutbox webhook_outbox;
  EmailOutbox email_outbox;
  AuditTable audit_log;
  IdempotentRequestTable idempotent_requests;
  RelayedObjectTable relayed_objects;
  StoredResponseTable stored_responses;
  LocalBatchTable local_batches;
  MetaTable meta;

 private:
  storage::Database& db_;
};

}  // namespace penstock::store
