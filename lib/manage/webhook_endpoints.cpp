// Webhook endpoints: where events are sent. The signing secret is shown once.
#include "http/address.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/effects.h"
#include "manage/kinds.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "manage/webhook_deliveries.h"
#include "webhook/envelope.h"
#include "webhook/event_types.h"
#include "webhook/sign.h"
#include "webhook/slack.h"
#include "webhook/url.h"

namespace penstock::manage {
namespace {

Handler listEndpoints, createEndpoint, showEndpoint, updateEndpoint, deleteEndpoint, rotateSecret,
    testEndpoint;

// Addresses of receivers may hold secrets themselves (Slack's do), so they are for admins.
constexpr ResourceRoute kRoutes[] = {
    {"GET", "/webhooks/endpoints", model::Role::Admin, listEndpoints},
    {"POST", "/webhooks/endpoints", model::Role::Admin, createEndpoint},
    {"GET", "/webhooks/endpoints/{endpoint_id}", model::Role::Admin, showEndpoint},
    {"PATCH", "/webhooks/endpoints/{endpoint_id}", model::Role::Admin, updateEndpoint},
    {"DELETE", "/webhooks/endpoints/{endpoint_id}", model::Role::Admin, deleteEndpoint},
    {"POST", "/webhooks/endpoints/{endpoint_id}/rotate-secret", model::Role::Admin, rotateSecret},
    {"POST", "/webhooks/endpoints/{endpoint_id}/test", model::Role::Admin, testEndpoint},
    {"GET", "/webhooks/deliveries", model::Role::Admin, listDeliveries},
    {"GET", "/webhooks/deliveries/{delivery_id}", model::Role::Admin, showDelivery},
    {"POST", "/webhooks/deliveries/{delivery_id}/replay", model::Role::Admin, replayDelivery},
    {"GET", "/webhooks/event-types", model::Role::Viewer, listEventTypes},
};

constexpr std::string_view kList = "webhook_endpoints";
constexpr std::string_view kSecretField = "signing_secret";

void writeEndpoint(json::Writer& out, const model::WebhookEndpoint& endpoint, UnixMillis) {
  out.beginObject().field("id", endpoint.id).field("url", endpoint.url);
  out.field("description", endpoint.description);
  writeTexts(out, "event_types", endpoint.event_types);
  out.field("format", formatName(endpoint.format)).field("private", endpoint.allow_private);
  out.field("active", endpoint.active);
  writeTime(out, "previous_secret_expires_at", endpoint.previous_expires_at);
  writeTime(out, "created_at", endpoint.created_at);
  writeTime(out, "updated_at", endpoint.updated_at);
  out.endObject();
}

std::optional<model::WebhookEndpoint> findEndpoint(store::Tables& tables, const Call&,
                                                   std::string_view named) {
  return tables.webhook_endpoints.find(named);
}

Answer listEndpoints(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.webhook_endpoints.list(page); });
  return pageAnswer(kList, kWebhookEndpoint, found, call.now);
}

Answer createEndpoint(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::WebhookEndpoint endpoint;
  requireField(body, "url");
  readWebhookEndpoint(body, endpoint);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  return change(services, call, kNoPart, [&](Change& change) -> Answer {
    const model::WebhookEndpoint added = addWebhookEndpoint(change, endpoint);
    return secretAnswer(kCreated, kWebhookEndpoint, added, call.now, kSecretField,
                        added.secret.reveal());
  });
}

Answer showEndpoint(Services& services, const Call& call) {
  return showOne(kWebhookEndpoint, services, call, "endpoint_id");
}

Answer updateEndpoint(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, kNoPart, [&](Change& change) -> Answer {
    auto endpoint = change.load(kWebhookEndpoint, "endpoint_id");
    if (!endpoint) return std::move(endpoint).error();
    json::ObjectReader body(document->root());
    readWebhookEndpoint(body, *endpoint);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    const auto changed = changeWebhookEndpoint(change, *endpoint);
    return objectAnswer(kOk, kWebhookEndpoint, changed, call.now);
  });
}

Answer deleteEndpoint(Services& services, const Call& call) {
  return change(services, call, kNoPart, [&](Change& change) -> Answer {
    auto endpoint = change.load(kWebhookEndpoint, "endpoint_id");
    if (!endpoint) return std::move(endpoint).error();
    change.tables.webhook_endpoints.softDelete(endpoint->id, call.now);
    change.deleted(kWebhookEndpoint, *endpoint);
    return deletedAnswer(endpoint->id);
  });
}

// The old secret signs too for a day, so that the receiver can change over.
Answer rotateSecret(Services& services, const Call& call) {
  return change(services, call, kNoPart, [&](Change& change) -> Answer {
    auto endpoint = change.load(kWebhookEndpoint, "endpoint_id");
    if (!endpoint) return std::move(endpoint).error();
    const Secret fresh = webhook::newSigningSecret();
    auto rotated = change.tables.webhook_endpoints.rotateSecret(endpoint->id, fresh, call.now);
    if (!rotated) return std::move(rotated).error();
    change.updated(kWebhookEndpoint, *rotated, "rotated");
    return secretAnswer(kOk, kWebhookEndpoint, *rotated, call.now, kSecretField, fresh.reveal());
  });
}

// Sends a synthetic event to this endpoint alone, whatever it subscribes to.
Answer testEndpoint(Services& services, const Call& call) {
  std::string_view type = "routing_config.updated";
  if (!call.request.body.empty()) {
    auto document = readBody(call.request);
    if (!document) return std::move(document).error();
    json::ObjectReader body(document->root());
    if (const auto named = body.string("event_type")) {
      const webhook::EventType* known = webhook::findEventType(*named);
      if (known == nullptr) body.fail("event_type", "there is no such event type");
      if (known != nullptr) type = known->type;
    }
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
  }
  return change(services, call, kNoPart, [&](Change& change) -> Answer {
    auto endpoint = change.load(kWebhookEndpoint, "endpoint_id");
    if (!endpoint) return std::move(endpoint).error();
    const auto event = webhook::makeTestEvent(type, endpoint->organization_id, call.now);
    auto sent = change.tables.webhook_outbox.emitTo(endpoint->id, event);
    if (!sent) return std::move(sent).error();
    return deliveryAnswer(change, *sent, "tested");
  });
}

void checkUrl(json::ObjectReader& body, const model::WebhookEndpoint& endpoint) {
  if (endpoint.url.empty()) return;  // which is an error already
  const auto target = webhook::parseUrl(endpoint.url);
  if (!target) {
    body.fail("url", target.error().message);
  } else if (!endpoint.allow_private && http::isPrivateHost(target->origin.host)) {
    body.fail("url",
              "is a loopback or private address; only an endpoint with \"private\": true may live "
              "there");
  }
}

// All types, said as they are or by leaving them out.
void readEventTypes(json::ObjectReader& body, std::vector<std::string>& event_types) {
  readTexts(body, "event_types", event_types);
  if (event_types == std::vector<std::string>{"*"}) event_types.clear();
  for (size_t i = 0; i < event_types.size(); ++i) {
    if (webhook::isEventType(event_types[i])) continue;
    body.fail("event_types", "there is no such event type; GET /webhooks/event-types lists them",
              "/" + std::to_string(i));
  }
}

}  // namespace

const Kind<model::WebhookEndpoint> kWebhookEndpoint{"webhook_endpoint", ofOrganization,
                                                    writeEndpoint, findEndpoint};

void readWebhookEndpoint(json::ObjectReader& body, model::WebhookEndpoint& endpoint) {
  const bool elsewhere = body.has("url") || body.has("private");
  if (auto url = body.string("url", {.min = 1, .max = 2048})) {
    if (endpoint.url.empty()) endpoint.format = webhook::formatOf(*url);
    endpoint.url = *std::move(url);
  }
  if (auto text = body.string("description", kDescription)) endpoint.description = *std::move(text);
  readEventTypes(body, endpoint.event_types);
  if (const auto format = body.choice("format", {"json", "slack"})) {
    endpoint.format = static_cast<model::WebhookFormat>(*format);
  }
  endpoint.allow_private = body.boolean("private").value_or(endpoint.allow_private);
  endpoint.active = body.boolean("active").value_or(endpoint.active);
  if (elsewhere) checkUrl(body, endpoint);
}

model::WebhookEndpoint addWebhookEndpoint(Change& change, model::WebhookEndpoint endpoint) {
  endpoint.id = change.newId("whe_");
  endpoint.organization_id = change.call.caller.organization_id;
  endpoint.secret = webhook::newSigningSecret();
  endpoint.created_at = endpoint.updated_at = change.call.now;
  change.tables.webhook_endpoints.insert(endpoint);
  change.created(kWebhookEndpoint, endpoint);
  return endpoint;
}

model::WebhookEndpoint changeWebhookEndpoint(Change& change, model::WebhookEndpoint endpoint) {
  if (change.tables.webhook_endpoints.find(endpoint.id) == endpoint) return endpoint;
  endpoint.updated_at = change.call.now;
  std::ignore = change.tables.webhook_endpoints.update(endpoint);
  change.updated(kWebhookEndpoint, endpoint);
  return endpoint;
}

std::span<const ResourceRoute> webhookRoutes() { return kRoutes; }

}  // namespace penstock::manage
