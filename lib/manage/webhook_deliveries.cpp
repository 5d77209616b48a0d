// Deliveries: what became of each event at each endpoint.
#include "manage/webhook_deliveries.h"

#include "manage/kind.h"
#include "manage/query.h"
#include "webhook/event_types.h"

namespace penstock::manage {
namespace {

constexpr std::string_view kList = "webhook_deliveries";

void writeFields(json::Writer& out, const model::WebhookDelivery& delivery) {
  out.field("id", delivery.id).field("endpoint_id", delivery.endpoint_id);
  out.field("event_id", delivery.event_id).field("event_type", delivery.event_type);
  out.field("status", statusName(delivery.status)).field("attempts", delivery.attempts);
  out.field("response_status", delivery.response_status);
  writeText(out, "error", delivery.error);
  writeTime(out, "next_attempt_at", delivery.next_attempt_at);
  writeTime(out, "last_attempt_at", delivery.last_attempt_at);
  writeTime(out, "delivered_at", delivery.delivered_at);
  writeTime(out, "created_at", delivery.created_at);
}

void writeDelivery(json::Writer& out, const model::WebhookDelivery& delivery, UnixMillis) {
  out.beginObject();
  writeFields(out, delivery);
  out.endObject();
}

std::optional<model::WebhookDelivery> findDelivery(store::Tables& tables, const Call&,
                                                   std::string_view named) {
  return tables.webhook_outbox.find(named);
}

constexpr Kind<model::WebhookDelivery> kDelivery{"webhook_delivery", ofOrganization, writeDelivery,
                                                 findDelivery};

}  // namespace

http::Response deliveryAnswer(Change& change, const model::WebhookDelivery& delivery,
                              std::string_view verb) {
  change.created(kDelivery, delivery, verb);
  return objectAnswer(kCreated, kDelivery, delivery, change.call.now);
}

Answer listDeliveries(Services& services, const Call& call) {
  QueryReader query(call.request);
  store::DeliveryFilter filter;
  filter.endpoint_id = query.text("endpoint_id");
  filter.event_type = query.text("event_type");
  if (const auto status = query.choice("status", {"pending", "delivered", "failed"})) {
    filter.status = static_cast<model::DeliveryStatus>(*status);
  }
  const auto page = query.page(kList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.webhook_outbox.list(filter, page); });
  return pageAnswer(kList, kDelivery, found, call.now);
}

Answer showDelivery(Services& services, const Call& call) {
  return services.config.store().read([&](store::Tables& tables) -> Answer {
    const auto delivery = findVisible(kDelivery, tables, call, call.request.param("delivery_id"));
    if (!delivery) return delivery.error();
    const auto event = tables.webhook_outbox.findEvent(delivery->event_id);
    std::string json;
    json::Writer out(json);
    out.beginObject();
    writeFields(out, *delivery);
    out.rawField("event", event ? std::string_view(event->body) : "null").endObject();
    return taggedAnswer(kOk, json, etagOf(json));
  });
}

Answer replayDelivery(Services& services, const Call& call) {
  return change(services, call, kNoPart, [&](Change& change) -> Answer {
    auto delivery = change.load(kDelivery, "delivery_id");
    if (!delivery) return std::move(delivery).error();
    auto again = change.tables.webhook_outbox.replay(delivery->id, call.now);
    if (!again) return std::move(again).error();
    return deliveryAnswer(change, *again, "replayed");
  });
}

Answer listEventTypes(Services&, const Call&) {
  return listAnswer(
      [](json::Writer& out) {
        for (const webhook::EventType& type : webhook::eventTypes()) {
          out.beginObject().field("type", type.type).field("description", type.description);
          out.rawField("sample", type.sample).endObject();
        }
      },
      std::nullopt);
}

}  // namespace penstock::manage
