// penstock org: the organization.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr Column kFields[] = {{"id", "id"},
                              {"name", "name"},
                              {"slug", "slug"},
                              {"plan", "plan"},
                              {"allowed addresses", "ip_allowlist"},
                              {"created", "created_at"}};

constexpr Argument kOrganization[] = {
    {"id", "Its id; the key's own when absent", Argument::Lookup::None, "current"}};

constexpr Option kUpdate[] = {
    {"--name", "name", "A new name"},
    {"--slug", "slug", "A new slug"},
    {"--allow-ip", "ip_allowlist", "Addresses that may use the management API, such as 10.0.0.0/8",
     Kind::List, Into::Body, false, true},
};

constexpr Row kRows[] = {
    {.verb = "show",
     .help = "Show the organization",
     .method = "GET",
     .path = "/orgs/{id}",
     .arguments = kOrganization,
     .columns = kFields},
    {.verb = "update",
     .help = "Change the organization",
     .method = "PATCH",
     .path = "/orgs/{id}",
     .arguments = kOrganization,
     .options = kUpdate,
     .columns = kFields},
};

}  // namespace

Group organizationGroup() { return {"org", "The organization", kRows}; }

}  // namespace penstock::cli
