#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "model/webhook.h"
#include "storage/secret_box.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// The only code that knows the table webhook_endpoint. One instance a connection. Seals the secrets
// on the way in and opens them on the way out; a record that does not open throws, as with
// providers.
//
// An endpoint that is deleted or switched off has no pending deliveries: they end as failed, with
// the error "endpoint_deleted" or "endpoint_inactive", in the transaction that does it. (Holding
// them back instead would flood a receiver that is switched on again with what it did not want.)
class WebhookEndpointTable {
 public:
  WebhookEndpointTable(storage::Database& db, const storage::SecretBox& box) : db_(db), box_(box) {}

  void insert(const model::WebhookEndpoint& endpoint);
  std::optional<model::WebhookEndpoint> find(std::string_view id);  // living
  Page<model::WebhookEndpoint> list(const PageRequest& page);       // living
  std::vector<model::WebhookEndpoint> all();                        // living
  // Writes everything but id, organization_id, created_at and the secrets. NotFound.
  Status update(const model::WebhookEndpoint& endpoint);
  // Makes `fresh` the secret; the old one stays as previous_secret for kSecretOverlapMs, the one
  // before that is gone at once. Returns the new state, or NotFound.
  Result<model::WebhookEndpoint> rotateSecret(std::string_view id, Secret fresh, UnixMillis now);
  // Wipes the secrets. False when there is no such living endpoint.
  bool softDelete(std::string_view id, UnixMillis now);
  // Wipes previous secrets whose time is over; returns how many.
  int64_t dropExpiredSecrets(UnixMillis now) { return drop_expired_.run(now); }

 private:
  model::WebhookEndpoint read(const storage::Rows& row) const;
  Secret open(const storage::Rows& row, int column, const std::string& id) const;

  static constexpr std::string_view kSelect =
      "SELECT id, organization_id, url, description, event_types, format, allow_private, active, "
      "secret, previous_secret, previous_expires_at, created_at, updated_at "
      "FROM webhook_endpoint WHERE deleted_at IS NULL ";
  storage::Database& db_;
  const storage::SecretBox& box_;
  storage::Statement insert_{
      db_,
      "INSERT INTO webhook_endpoint (id, organization_id, url, description, event_types, format, "
      "allow_private, active, secret, previous_secret, previous_expires_at, created_at, "
      "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "AND id = ?"};
  storage::Statement list_{db_, kSelect, "AND id > ? ORDER BY id LIMIT ?"};
  storage::Statement update_{
      db_,
      "UPDATE webhook_endpoint SET url = ?, description = ?, event_types = ?, format = ?, "
      "allow_private = ?, active = ?, updated_at = ? WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement rotate_{
      db_,
      "UPDATE webhook_endpoint SET secret = ?, previous_secret = ?, previous_expires_at = ?, "
      "updated_at = ? WHERE id = ?"};
  storage::Statement delete_{
      db_,
      "UPDATE webhook_endpoint SET deleted_at = ?, active = 0, secret = NULL, "
      "previous_secret = NULL, previous_expires_at = NULL WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement drop_expired_{
      db_,
      "UPDATE webhook_endpoint SET previous_secret = NULL, previous_expires_at = NULL "
      "WHERE previous_expires_at <= ?"};
  storage::Statement end_pending_{
      db_,
      "UPDATE webhook_delivery SET status = 'failed', next_attempt_at = NULL, error = ? "
      "WHERE endpoint_id = ? AND status = 'pending'"};
};

// Absent and empty fields do not restrict.
struct DeliveryFilter {
  std::string endpoint_id = {};
  std::optional<model::DeliveryStatus> status = {};
  std::string event_type = {};
};

// A delivery whose time has come, with what is to be sent.
struct DueDelivery {
  model::WebhookDelivery delivery;
  std::string body;  // the event's envelope
};

// What became of one attempt.
struct DeliveryOutcome {
  std::string delivery_id;
  model::DeliveryStatus status = model::DeliveryStatus::Pending;
  std::optional<UnixMillis> next_attempt_at;  // set exactly while pending
  UnixMillis at = 0;
  std::optional<int64_t> response_status;
  std::string error;
};

struct Purged {
  int64_t deliveries = 0;
  int64_t events = 0;
  bool more = false;  // call again: this was one bounded piece of the work
};

// The only code that knows the tables webhook_event and webhook_delivery: a transactional outbox.
// Events go in with what they tell of, in one transaction; webhook/dispatcher.h takes them out.
// One instance a connection. The store holds one organization, so events go to all its endpoints.
class WebhookOutbox {
 public:
  explicit WebhookOutbox(storage::Database& db) : db_(db) {}

  // Stores the event and a pending delivery for every active endpoint that subscribes to its type,
  // due at once. Returns how many; stores nothing when nobody subscribes. After the commit call
  // Dispatcher::wake().
  int64_t emit(const model::WebhookEvent& event);
  // Stores the event for this endpoint alone, whatever it subscribes to (a test). NotFound, or
  // Conflict: endpoint_inactive.
  Result<model::WebhookDelivery> emitTo(std::string_view endpoint_id,
                                        const model::WebhookEvent& event);
  // A new delivery of the same event to the same endpoint. NotFound (of the delivery, or of its
  // endpoint), or Conflict: endpoint_inactive.
  Result<model::WebhookDelivery> replay(std::string_view delivery_id, UnixMillis now);

  std::optional<model::WebhookDelivery> find(std::string_view id);
  std::optional<model::WebhookEvent> findEvent(std::string_view id);
  // Newest first; `page.after` is the last id of the page before.
  Page<model::WebhookDelivery> list(const DeliveryFilter& filter, const PageRequest& page);

  // Endpoints with something due, the one that waits longest first.
  std::vector<std::string> dueEndpoints(UnixMillis now);
  // What is due at an endpoint, longest due first.
  std::vector<DueDelivery> due(std::string_view endpoint_id, UnixMillis now, size_t limit);
  // Counts the attempt. A delivery that has ended meanwhile (its endpoint was deleted) stays as it
  // is, unless the attempt delivered it: that is the truth then.
  void recordOutcome(const DeliveryOutcome& outcome);

  // Deletes finished deliveries created before `before`, and events before it that no delivery
  // refers to; at most `limit` of each, oldest first.
  Purged purge(UnixMillis before, size_t limit);

 private:
  model::WebhookDelivery addDelivery(std::string_view endpoint_id, const std::string& event_id,
                                     const std::string& event_type, UnixMillis now);
  void insertEvent(const model::WebhookEvent& event);
  Status checkActive(std::string_view endpoint_id);

  static constexpr std::string_view kSelect =
      "SELECT d.id, d.endpoint_id, d.event_id, d.event_type, d.status, d.attempts, "
      "d.next_attempt_at, d.give_up_at, d.last_attempt_at, d.response_status, d.error, "
      "d.created_at, d.delivered_at ";
  storage::Database& db_;
  storage::Statement subscribers_{
      db_,
      "SELECT id FROM webhook_endpoint WHERE deleted_at IS NULL AND active = 1 AND "
      "(event_types = '[]' OR EXISTS (SELECT 1 FROM json_each(event_types) t WHERE t.value = ?)) "
      "ORDER BY id"};
  storage::Statement endpoint_active_{
      db_, "SELECT active FROM webhook_endpoint WHERE id = ? AND deleted_at IS NULL"};
  storage::Statement insert_event_{
      db_,
      "INSERT INTO webhook_event (id, type, project_id, created_at, body) VALUES (?, ?, ?, ?, ?)"};
  storage::Statement insert_{
      db_,
      "INSERT INTO webhook_delivery (id, endpoint_id, event_id, event_type, status, "
      "next_attempt_at, give_up_at, created_at) VALUES (?, ?, ?, ?, 'pending', ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "FROM webhook_delivery d WHERE d.id = ?"};
  storage::Statement find_event_{
      db_, "SELECT id, type, project_id, created_at, body FROM webhook_event WHERE id = ?"};
  storage::Statement due_endpoints_{
      db_,
      "SELECT id FROM (SELECT e.id, (SELECT min(next_attempt_at) FROM webhook_delivery d "
      "WHERE d.endpoint_id = e.id AND d.status = 'pending') AS due "
      "FROM webhook_endpoint e WHERE e.active = 1) WHERE due <= ? ORDER BY due, id"};
  storage::Statement due_{
      db_, kSelect,
      ", e.body FROM webhook_delivery d JOIN webhook_event e ON e.id = d.event_id "
      "WHERE d.endpoint_id = ? AND d.status = 'pending' AND d.next_attempt_at <= ? "
      "ORDER BY d.next_attempt_at, d.id LIMIT ?"};
  storage::Statement record_{
      db_,
      "UPDATE webhook_delivery SET status = ?1, next_attempt_at = ?2, attempts = attempts + 1, "
      "last_attempt_at = ?3, response_status = ?4, error = ?5, "
      "delivered_at = CASE ?1 WHEN 'delivered' THEN ?3 END "
      "WHERE id = ?6 AND (status = 'pending' OR ?1 = 'delivered')"};
  // Ids begin with their time, so that the oldest stand first in the table.
  storage::Statement purge_deliveries_{
      db_,
      "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery "
      "WHERE id < ? AND status <> 'pending' ORDER BY id LIMIT ?)"};
  storage::Statement purge_events_{
      db_,
      "DELETE FROM webhook_event WHERE id IN (SELECT id FROM webhook_event e "
      "WHERE e.created_at < ? AND NOT EXISTS "
      "(SELECT 1 FROM webhook_delivery d WHERE d.event_id = e.id) ORDER BY e.created_at LIMIT ?)"};
};

}  // namespace penstock::store
