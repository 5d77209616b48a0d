#include "webhook/sign.h"

#include "base/digest.h"
#include "base/random.h"

namespace penstock::webhook {
namespace {

constexpr size_t kSecretCharacters = 40;

}  // namespace

Secret newSigningSecret() { return Secret("whsec_" + randomToken(kSecretCharacters)); }

std::string signature(const Secret& secret, std::string_view body) {
  return hex(hmacSha256(secret.reveal(), body));
}

http::Headers signedHeaders(const model::WebhookEndpoint& endpoint,
                            const model::WebhookDelivery& delivery, std::string_view body,
                            UnixMillis now) {
  http::Headers headers{{"Content-Type", "application/json"},
                        {"User-Agent", "Penstock-Webhooks"},
                        {"X-Modelux-Event", delivery.event_type},
                        {"X-Modelux-Delivery", delivery.id},
                        {"X-Modelux-Signature", signature(endpoint.secret, body)}};
  if (!endpoint.previous_secret.empty() && endpoint.previous_expires_at.value_or(now) > now) {
    headers.add("X-Modelux-Signature-Previous", signature(endpoint.previous_secret, body));
  }
  return headers;
}

}  // namespace penstock::webhook
