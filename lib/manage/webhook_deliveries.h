#pragma once

#include <string_view>

#include "manage/change.h"
#include "manage/resource.h"
#include "model/webhook.h"

namespace penstock::manage {

// GET /webhooks/deliveries, GET …/{delivery_id}, POST …/{delivery_id}/replay,
// GET /webhooks/event-types
Handler listDeliveries, showDelivery, replayDelivery, listEventTypes;

// The answer to what made a delivery, which is told of as "webhook_delivery.<verb>".
http::Response deliveryAnswer(Change& change, const model::WebhookDelivery& delivery,
                              std::string_view verb);

}  // namespace penstock::manage
