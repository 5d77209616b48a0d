// penstock webhook: who is told of events, and what became of the deliveries.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr size_t kDeliveriesShown = 50;

constexpr Column kColumns[] = {
    {"ID", "id"},         {"URL", "url"},       {"EVENTS", "event_types"},
    {"FORMAT", "format"}, {"ACTIVE", "active"}, {"CREATED", "created_at"}};
constexpr Column kFields[] = {{"id", "id"},
                              {"url", "url"},
                              {"description", "description"},
                              {"events", "event_types"},
                              {"format", "format"},
                              {"private", "private"},
                              {"active", "active"},
                              {"old secret until", "previous_secret_expires_at"},
                              {"created", "created_at"},
                              {"updated", "updated_at"}};
constexpr Column kDelivery[] = {{"ID", "id"},
                                {"EVENT", "event_type"},
                                {"STATUS", "status"},
                                {"ATTEMPTS", "attempts"},
                                {"ANSWER", "response_status"},
                                {"NEXT", "next_attempt_at"},
                                {"CREATED", "created_at"},
                                {"ERROR", "error"}};
constexpr Column kTypes[] = {{"TYPE", "type"}, {"DESCRIPTION", "description"}};

constexpr Argument kEndpoint[] = {{"id", "The endpoint's id"}};
constexpr Argument kDeliveryId[] = {{"id", "The delivery's id"}};

constexpr Option kEvents{"--events", "event_types", "Types of events; all when absent",
                         Kind::List, Into::Body,    false,
                         true};
constexpr Option kDescription{"--description", "description", "More about it"};
constexpr Option kFormat{"--format", "format", "json or slack"};
constexpr Option kPrivate{"--private", "private", "It may live on a loopback or private address",
                          Kind::Flag};
constexpr Option kActive{"--active", "active", "Whether events are sent", Kind::Flag};
constexpr Option kAdd[] = {{"--to", "url", "Where events are sent", Kind::Text, Into::Body, true},
                           kEvents,
                           kDescription,
                           kFormat,
                           kPrivate,
                           kActive};
constexpr Option kUpdate[] = {
    {"--to", "url", "A new address"}, kEvents, kDescription, kFormat, kPrivate, kActive};
constexpr Option kTest[] = {{"--event", "event_type", "The type of the event"}};
constexpr Option kDeliveries[] = {
    {"--endpoint", "endpoint_id", "To this endpoint", Kind::Text, Into::Parameter},
    {"--status", "status", "pending, delivered or failed", Kind::Text, Into::Parameter},
    {"--event", "event_type", "Of this type of event", Kind::Text, Into::Parameter}};

constexpr Row kRows[] = {
    {.verb = "add",
     .help = "Add an endpoint and print its signing secret once",
     .method = "POST",
     .path = "/webhooks/endpoints",
     .options = kAdd,
     .print = Print::Secret,
     .done = "added",
     .secret = "signing_secret"},
    {.verb = "list",
     .help = "List endpoints",
     .method = "GET",
     .path = "/webhooks/endpoints",
     .print = Print::Table,
     .columns = kColumns},
    {.verb = "show",
     .help = "Show an endpoint",
     .method = "GET",
     .path = "/webhooks/endpoints/{endpoint_id}",
     .arguments = kEndpoint,
     .columns = kFields},
    {.verb = "update",
     .help = "Change an endpoint",
     .method = "PATCH",
     .path = "/webhooks/endpoints/{endpoint_id}",
     .arguments = kEndpoint,
     .options = kUpdate,
     .columns = kFields},
    {.verb = "remove",
     .help = "Remove an endpoint",
     .method = "DELETE",
     .path = "/webhooks/endpoints/{endpoint_id}",
     .arguments = kEndpoint,
     .print = Print::Done,
     .done = "removed"},
    {.verb = "rotate-secret",
     .help =
         "Give an endpoint a new signing secret and print it once; the old one signs too for a day",
     .method = "POST",
     .path = "/webhooks/endpoints/{endpoint_id}/rotate-secret",
     .arguments = kEndpoint,
     .print = Print::Secret,
     .done = "rotated",
     .secret = "signing_secret"},
    {.verb = "test",
     .help = "Send a made-up event",
     .method = "POST",
     .path = "/webhooks/endpoints/{endpoint_id}/test",
     .arguments = kEndpoint,
     .options = kTest,
     .columns = kDelivery},
    {.verb = "deliveries",
     .help = "List deliveries, newest first",
     .method = "GET",
     .path = "/webhooks/deliveries",
     .options = kDeliveries,
     .print = Print::Table,
     .columns = kDelivery,
     .limit = kDeliveriesShown},
    {.verb = "delivery",
     .help = "Show a delivery and its event",
     .method = "GET",
     .path = "/webhooks/deliveries/{delivery_id}",
     .arguments = kDeliveryId,
     .print = Print::Whole},
    {.verb = "replay",
     .help = "Deliver an event once more",
     .method = "POST",
     .path = "/webhooks/deliveries/{delivery_id}/replay",
     .arguments = kDeliveryId,
     .columns = kDelivery},
    {.verb = "event-types",
     .help = "List the types of events",
     .method = "GET",
     .path = "/webhooks/event-types",
     .print = Print::Table,
     .columns = kTypes,
     .paged = false},
};

}  // namespace

Group webhookGroup() { return {"webhook", "Who is told of events", kRows}; }

}  // namespace penstock::cli
