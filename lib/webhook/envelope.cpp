#include "webhook/envelope.h"

#include <string>

#include "base/id.h"
#include "json/writer.h"
#include "webhook/event_types.h"

namespace penstock::webhook {

model::WebhookEvent makeEvent(const Happening& happening, UnixMillis now) {
  model::WebhookEvent event;
  event.id = newId("evt_", now);
  event.type = happening.type;
  event.project_id = happening.project_id;
  event.created_at = now;
  json::Writer out(event.body);
  out.beginObject().field("id", event.id).field("type", event.type);
  out.field("created_at", iso8601(now)).field("org_id", happening.org_id).key("project_id");
  if (event.project_id.empty()) {
    out.null();
  } else {
    out.value(event.project_id);
  }
  out.rawField("data", happening.data).endObject();
  return event;
}

model::WebhookEvent makeTestEvent(std::string_view type, std::string_view org_id, UnixMillis now) {
  const EventType* known = findEventType(type);
  std::string data = R"({"test":true)";
  if (known != nullptr) data.append(",").append(known->sample.substr(1, known->sample.size() - 2));
  data += '}';
  return makeEvent({.type = type, .org_id = org_id, .data = data}, now);
}

}  // namespace penstock::webhook
