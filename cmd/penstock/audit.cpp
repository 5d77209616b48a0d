// penstock audit: who changed what.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr size_t kShown = 50;

constexpr Column kColumns[] = {{"TIME", "created_at"},    {"ID", "id"},
                               {"ACTOR", "actor.id"},     {"ACTION", "action"},
                               {"TYPE", "resource.type"}, {"RESOURCE", "resource.id"},
                               {"PROJECT", "project_id"}, {"IP", "ip"}};
constexpr Column kVerified[] = {{"ok", "ok"},
                                {"entries", "entries"},
                                {"newest", "head_seq"},
                                {"its hash", "head_hash"},
                                {"first bad", "first_bad_seq"},
                                {"reason", "reason"}};

constexpr Argument kEntry[] = {{"id", "The entry's id"}};

constexpr Option kList[] = {
    {"--start", "start", "From this time on, such as 2026-05-01T00:00:00Z", Kind::Text,
     Into::Parameter},
    {"--end", "end", "Before this time", Kind::Text, Into::Parameter},
    {"--actor", "actor", "By this key or member", Kind::Text, Into::Parameter},
    {"--action", "action", "Such as api_key.revoked", Kind::Text, Into::Parameter},
    {"--resource-type", "resource_type", "Of this type, such as provider", Kind::Text,
     Into::Parameter},
    {"--resource", "resource_id", "To the resource with this id", Kind::Text, Into::Parameter},
    {"--project", "project_id", "In this project, by id or slug", Kind::Text, Into::Parameter}};

constexpr Row kRows[] = {
    {.verb = "list",
     .help = "List changes, newest first",
     .method = "GET",
     .path = "/audit-logs",
     .options = kList,
     .print = Print::Table,
     .columns = kColumns,
     .limit = kShown},
    {.verb = "show",
     .help = "Show a change whole",
     .method = "GET",
     .path = "/audit-logs/{audit_id}",
     .arguments = kEntry,
     .print = Print::Whole},
    {.verb = "verify",
     .help = "Check that no entry was changed or taken out; exits 1 if one was",
     .method = "GET",
     .path = "/audit-logs/verify",
     .columns = kVerified,
     .check = "ok"},
};

}  // namespace

Group auditGroup() { return {"audit", "Who changed what", kRows}; }

}  // namespace penstock::cli
