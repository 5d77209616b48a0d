// penstock member: people, and what they may do.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {{"ID", "id"},
                               {"EMAIL", "email"},
                               {"NAME", "name"},
                               {"ROLE", "role"},
                               {"PROJECTS", "project_ids"},
                               {"STATUS", "status"},
                               {"CREATED", "created_at"}};
constexpr Column kFields[] = {{"id", "id"},
                              {"email", "email"},
                              {"name", "name"},
                              {"role", "role"},
                              {"projects", "project_ids"},
                              {"status", "status"},
                              {"created", "created_at"},
                              {"removed", "removed_at"}};

constexpr Argument kMember[] = {{"id", "The member's id"}};

constexpr Option kProjects{"--projects", "project_ids", "Projects they are confined to, by id",
                           Kind::List,   Into::Body,    false,
                           true};
constexpr Option kAdd[] = {
    {"--email", "email", "Their address", Kind::Text, Into::Body, true},
    {"--role", "role", "owner, admin, member or viewer", Kind::Text, Into::Body, true},
    {"--name", "name", "Their name"},
    kProjects};
constexpr Option kUpdate[] = {{"--role", "role", "owner, admin, member or viewer"},
                              {"--name", "name", "A new name"},
                              kProjects};

constexpr Row kRows[] = {
    {.verb = "add",
     .help = "Add a member",
     .method = "POST",
     .path = "/members",
     .options = kAdd,
     .columns = kFields},
    {.verb = "list",
     .help = "List members",
     .method = "GET",
     .path = "/members",
     .print = Print::Table,
     .columns = kColumns},
    {.verb = "show",
     .help = "Show a member",
     .method = "GET",
     .path = "/members/{member_id}",
     .arguments = kMember,
     .columns = kFields},
    {.verb = "update",
     .help = "Change a member",
     .method = "PATCH",
     .path = "/members/{member_id}",
     .arguments = kMember,
     .options = kUpdate,
     .columns = kFields},
    {.verb = "remove",
     .help = "Remove a member and revoke their management keys",
     .method = "DELETE",
     .path = "/members/{member_id}",
     .arguments = kMember,
     .print = Print::Done,
     .done = "removed"},
};

}  // namespace

Group memberGroup() { return {"member", "People, and what they may do", kRows}; }

}  // namespace penstock::cli
