#include "store/webhooks.h"

#include <limits>
#include <stdexcept>

#include "base/id.h"
#include "store/conditions.h"
#include "store/rows.h"
#include "store/texts.h"

namespace penstock::store {
namespace {

constexpr std::string_view kInactive = "endpoint_inactive";
constexpr std::string_view kDeleted = "endpoint_deleted";

// One identity for both columns: rotation moves a record from one to the other.
std::string identity(std::string_view id) {
  return "webhook_endpoint:" + std::string(id) + ":secret";
}

std::optional<std::string> seal(const storage::SecretBox& box, const Secret& secret,
                                std::string_view id) {
  if (secret.empty()) return std::nullopt;
  return box.seal(secret, identity(id));
}

std::optional<storage::Blob> asBlob(const std::optional<std::string>& sealed) {
  if (!sealed) return std::nullopt;
  return storage::Blob{*sealed};
}

template <typename T>
T known(std::optional<T> parsed, const char* what) {
  if (!parsed) throw std::runtime_error(std::string("a stored ") + what + " is unknown");
  return *parsed;
}

model::WebhookDelivery readDelivery(const storage::Rows& row) {
  model::WebhookDelivery delivery;
  delivery.id = row.string(0);
  delivery.endpoint_id = row.string(1);
  delivery.event_id = row.string(2);
  delivery.event_type = row.string(3);
  delivery.status = known(model::parseDeliveryStatus(row.text(4)), "delivery status");
  delivery.attempts = row.integer(5);
  delivery.next_attempt_at = row.optionalInteger(6);
  delivery.give_up_at = row.integer(7);
  delivery.last_attempt_at = row.optionalInteger(8);
  delivery.response_status = row.optionalInteger(9);
  delivery.error = row.string(10);
  delivery.created_at = row.integer(11);
  delivery.delivered_at = row.optionalInteger(12);
  return delivery;
}

model::WebhookEvent readEvent(const storage::Rows& row) {
  return {row.string(0), row.string(1), row.string(2), row.integer(3), row.string(4)};
}

// What every delivery id made at `time` or later is not below: ids begin with their time.
std::string firstDeliveryIdAt(UnixMillis time) {
  constexpr size_t kTimeDigits = 10;
  constexpr std::string_view kPrefix = "whd_";
  return newId(kPrefix, time).substr(0, kPrefix.size() + kTimeDigits);
}

}  // namespace

void WebhookEndpointTable::insert(const model::WebhookEndpoint& endpoint) {
  const auto secret = seal(box_, endpoint.secret, endpoint.id);
  const auto previous = seal(box_, endpoint.previous_secret, endpoint.id);
  insert_.run(endpoint.id, endpoint.organization_id, endpoint.url, endpoint.description,
              textsToJson(endpoint.event_types), model::formatName(endpoint.format),
              endpoint.allow_private, endpoint.active, asBlob(secret), asBlob(previous),
              endpoint.previous_expires_at, endpoint.created_at, endpoint.updated_at);
}

std::optional<model::WebhookEndpoint> WebhookEndpointTable::find(std::string_view id) {
  return readOne(find_.query(id), [this](const auto& row) { return read(row); });
}

Page<model::WebhookEndpoint> WebhookEndpointTable::list(const PageRequest& page) {
  return toPage(readAll(list_.query(page.after, rowsToAsk(page)),
                        [this](const auto& row) { return read(row); }),
                page);
}

std::vector<model::WebhookEndpoint> WebhookEndpointTable::all() {
  return readAll(list_.query("", std::numeric_limits<int64_t>::max()),
                 [this](const storage::Rows& row) { return read(row); });
}

Status WebhookEndpointTable::update(const model::WebhookEndpoint& endpoint) {
  const int64_t changed =
      update_.run(endpoint.url, endpoint.description, textsToJson(endpoint.event_types),
                  model::formatName(endpoint.format), endpoint.allow_private, endpoint.active,
                  endpoint.updated_at, endpoint.id);
  if (changed == 0) return notFound("webhook_endpoint", endpoint.id);
  if (!endpoint.active) end_pending_.run(kInactive, endpoint.id);
  return Unit{};
}

Result<model::WebhookEndpoint> WebhookEndpointTable::rotateSecret(std::string_view id, Secret fresh,
                                                                  UnixMillis now) {
  auto endpoint = find(id);
  if (!endpoint) return notFound("webhook_endpoint", std::string(id));
  endpoint->previous_secret = std::move(endpoint->secret);
  endpoint->previous_expires_at = now + model::kSecretOverlapMs;
  endpoint->secret = std::move(fresh);
  endpoint->updated_at = now;
  const auto secret = seal(box_, endpoint->secret, id);
  const auto previous = seal(box_, endpoint->previous_secret, id);
  rotate_.run(asBlob(secret), asBlob(previous), endpoint->previous_expires_at, now, id);
  return *std::move(endpoint);
}

bool WebhookEndpointTable::softDelete(std::string_view id, UnixMillis now) {
  if (delete_.run(now, id) == 0) return false;
  end_pending_.run(kDeleted, id);
  return true;
}

Secret WebhookEndpointTable::open(const storage::Rows& row, int column,
                                  const std::string& id) const {
  if (row.isNull(column)) return Secret();
  Result<Secret> secret = box_.open(row.blob(column), identity(id));
  if (!secret) throw std::runtime_error(id + ": " + secret.error().detail);
  return *std::move(secret);
}

model::WebhookEndpoint WebhookEndpointTable::read(const storage::Rows& row) const {
  model::WebhookEndpoint endpoint;
  endpoint.id = row.string(0);
  endpoint.organization_id = row.string(1);
  endpoint.url = row.string(2);
  endpoint.description = row.string(3);
  endpoint.event_types = textsFromJson(row.text(4));
  endpoint.format = known(model::parseWebhookFormat(row.text(5)), "webhook format");
  endpoint.allow_private = row.flag(6);
  endpoint.active = row.flag(7);
  endpoint.secret = open(row, 8, endpoint.id);
  endpoint.previous_secret = open(row, 9, endpoint.id);
  endpoint.previous_expires_at = row.optionalInteger(10);
  endpoint.created_at = row.integer(11);
  endpoint.updated_at = row.integer(12);
  return endpoint;
}

int64_t WebhookOutbox::emit(const model::WebhookEvent& event) {
  const auto endpoints =
      readAll(subscribers_.query(event.type), [](const auto& row) { return row.string(0); });
  if (endpoints.empty()) return 0;
  insertEvent(event);
  for (const std::string& endpoint_id : endpoints) {
    addDelivery(endpoint_id, event.id, event.type, event.created_at);
  }
  return static_cast<int64_t>(endpoints.size());
}

Result<model::WebhookDelivery> WebhookOutbox::emitTo(std::string_view endpoint_id,
                                                     const model::WebhookEvent& event) {
  if (auto status = checkActive(endpoint_id); !status) return std::move(status).error();
  insertEvent(event);
  return addDelivery(endpoint_id, event.id, event.type, event.created_at);
}

Result<model::WebhookDelivery> WebhookOutbox::replay(std::string_view delivery_id, UnixMillis now) {
  const auto old = find(delivery_id);
  if (!old) return notFound("webhook_delivery", std::string(delivery_id));
  if (auto status = checkActive(old->endpoint_id); !status) return std::move(status).error();
  return addDelivery(old->endpoint_id, old->event_id, old->event_type, now);
}

std::optional<model::WebhookDelivery> WebhookOutbox::find(std::string_view id) {
  return readOne(find_.query(id), readDelivery);
}

std::optional<model::WebhookEvent> WebhookOutbox::findEvent(std::string_view id) {
  return readOne(find_event_.query(id), readEvent);
}

Page<model::WebhookDelivery> WebhookOutbox::list(const DeliveryFilter& filter,
                                                 const PageRequest& page) {
  Conditions where;
  if (!page.after.empty()) where.add("d.id < ?", page.after);
  if (!filter.endpoint_id.empty()) where.add("d.endpoint_id = ?", filter.endpoint_id);
  if (filter.status) where.add("d.status = ?", std::string(model::statusName(*filter.status)));
  if (!filter.event_type.empty()) where.add("d.event_type = ?", filter.event_type);
  storage::Statement select(db_, kSelect,
                            "FROM webhook_delivery d " + where.sql() +
                                " ORDER BY d.id DESC LIMIT " + std::to_string(rowsToAsk(page)));
  where.bindTo(select);
  return toPage(readAll(select.rows(), readDelivery), page);
}

std::vector<std::string> WebhookOutbox::dueEndpoints(UnixMillis now) {
  return readAll(due_endpoints_.query(now), [](const auto& row) { return row.string(0); });
}

std::vector<DueDelivery> WebhookOutbox::due(std::string_view endpoint_id, UnixMillis now,
                                            size_t limit) {
  return readAll(due_.query(endpoint_id, now, limit), [](const auto& row) {
    return DueDelivery{readDelivery(row), row.string(13)};
  });
}

void WebhookOutbox::recordOutcome(const DeliveryOutcome& outcome) {
  record_.run(model::statusName(outcome.status), outcome.next_attempt_at, outcome.at,
              outcome.response_status, outcome.error, outcome.delivery_id);
}

Purged WebhookOutbox::purge(UnixMillis before, size_t limit) {
  Purged purged;
  purged.deliveries = purge_deliveries_.run(firstDeliveryIdAt(before), limit);
  purged.events = purge_events_.run(before, limit);
  const auto full = static_cast<int64_t>(limit);
  purged.more = purged.deliveries == full || purged.events == full;
  return purged;
}

model::WebhookDelivery WebhookOutbox::addDelivery(std::string_view endpoint_id,
                                                  const std::string& event_id,
                                                  const std::string& event_type, UnixMillis now) {
  model::WebhookDelivery delivery;
  delivery.id = newId("whd_", now);
  delivery.endpoint_id = endpoint_id;
  delivery.event_id = event_id;
  delivery.event_type = event_type;
  delivery.next_attempt_at = now;
  delivery.give_up_at = now + model::kDeliveryLifetimeMs;
  delivery.created_at = now;
  insert_.run(delivery.id, endpoint_id, event_id, event_type, now, delivery.give_up_at, now);
  return delivery;
}

void WebhookOutbox::insertEvent(const model::WebhookEvent& event) {
  insert_event_.run(event.id, event.type, event.project_id, event.created_at, event.body);
}

Status WebhookOutbox::checkActive(std::string_view endpoint_id) {
  constexpr int64_t kGone = -1;
  const int64_t active = endpoint_active_.integer(kGone, endpoint_id);
  if (active == kGone) return notFound("webhook_endpoint", std::string(endpoint_id));
  if (active == 0) return conflict(std::string(kInactive), "the endpoint is not active");
  return Unit{};
}

}  // namespace penstock::store
