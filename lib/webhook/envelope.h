#pragma once

#include <string_view>

#include "base/clock.h"
#include "model/webhook.h"

namespace penstock::webhook {

// What an emitter knows of an event.
struct Happening {
  std::string_view type;  // of event_types.h
  std::string_view org_id;
  std::string_view project_id = {};  // empty: of no project
  std::string_view data = "{}";      // a JSON object; holds nothing secret
};

// The event with its envelope, as it is stored, sent and signed:
//   {"id":"evt_…","type":"…","created_at":"2026-05-01T00:00:00Z","org_id":"…","project_id":…,
//    "data":{…}}
// Hand it to store::WebhookOutbox::emit() in the transaction in which it happened.
model::WebhookEvent makeEvent(const Happening& happening, UnixMillis now);

// A synthetic event: the type's sample as `data`, and `"test": true` first in it. The type must
// exist.
model::WebhookEvent makeTestEvent(std::string_view type, std::string_view org_id, UnixMillis now);

}  // namespace penstock::webhook
