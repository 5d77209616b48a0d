#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

namespace penstock::model {

// A rotated-out secret signs beside the new one for this long (spec/modelux.md 8.1).
constexpr UnixMillis kSecretOverlapMs = 24LL * 3600 * 1000;
// A delivery is tried for this long after it was asked for (10, "Webhooks").
constexpr UnixMillis kDeliveryLifetimeMs = 24LL * 3600 * 1000;

enum class WebhookFormat : uint8_t { Json, Slack };
std::string_view formatName(WebhookFormat format);  // "json"
std::optional<WebhookFormat> parseWebhookFormat(std::string_view name);

// Where events are sent. The secrets are decrypted and live in memory only.
struct WebhookEndpoint {
  std::string id;  // whe_…
  std::string organization_id;
  std::string url;
  std::string description;
  std::vector<std::string> event_types;  // empty: all
  WebhookFormat format = WebhookFormat::Json;
  bool allow_private = false;  // may live on a loopback or private address
  bool active = true;
  Secret secret;
  // The secret before the last rotation: signs too until then.
  Secret previous_secret;
  std::optional<UnixMillis> previous_expires_at;
  UnixMillis created_at = 0;
  UnixMillis updated_at = 0;
  bool operator==(const WebhookEndpoint&) const = default;
};

// Something that happened.
struct WebhookEvent {
  std::string id;    // evt_…
  std::string type;  // "routing_config.updated"
  std::string project_id;
  UnixMillis created_at = 0;
  std::string body;  // the envelope: JSON, as it is sent and signed
  bool operator==(const WebhookEvent&) const = default;
};

// Delivered and Failed are final; a replay is a new delivery.
enum class DeliveryStatus : uint8_t { Pending, Delivered, Failed };
std::string_view statusName(DeliveryStatus status);  // "pending"
std::optional<DeliveryStatus> parseDeliveryStatus(std::string_view name);

// One event on its way to one endpoint.
struct WebhookDelivery {
  std::string id;  // whd_…
  std::string endpoint_id;
  std::string event_id;
  std::string event_type;
  DeliveryStatus status = DeliveryStatus::Pending;
  int64_t attempts = 0;
  std::optional<UnixMillis> next_attempt_at;  // set while pending
  UnixMillis give_up_at = 0;
  std::optional<UnixMillis> last_attempt_at;
  std::optional<int64_t> response_status;
  std::string error;  // of the last attempt; holds nothing secret
  UnixMillis created_at = 0;
  std::optional<UnixMillis> delivered_at;
  bool operator==(const WebhookDelivery&) const = default;
};

}  // namespace penstock::model
