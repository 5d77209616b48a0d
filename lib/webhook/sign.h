#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/secret.h"
#include "http/message.h"
#include "model/webhook.h"

namespace penstock::webhook {

// A new signing secret: "whsec_" and 40 random characters (238 bits). Shown once, kept sealed.
Secret newSigningSecret();

// Lower-case hex HMAC-SHA256 of the body as sent, keyed with the whole secret, prefix included.
std::string signature(const Secret& secret, std::string_view body);

// The headers that say what a delivery is and prove who sent it: Content-Type, User-Agent,
// X-Modelux-Event, X-Modelux-Delivery (the same for every attempt: receivers may drop what they
// have seen), X-Modelux-Signature, and X-Modelux-Signature-Previous while the secret before the
// last rotation is still good.
http::Headers signedHeaders(const model::WebhookEndpoint& endpoint,
                            const model::WebhookDelivery& delivery, std::string_view body,
                            UnixMillis now);

}  // namespace penstock::webhook
