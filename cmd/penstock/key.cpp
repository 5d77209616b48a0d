// penstock key: keys of projects; penstock management-key: keys of the management API, also as
// `penstock key … --management`.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {{"ID", "id"},
                               {"NAME", "name"},
                               {"PROJECT", "project_id"},
                               {"PREFIX", "prefix"},
                               {"LAST", "last_four"},
                               {"STATUS", "status"},
                               {"RPM", "rate_limit_rpm"},
                               {"EXPIRES", "expires_at"},
                               {"CREATED", "created_at"}};
constexpr Column kFields[] = {{"id", "id"},
                              {"name", "name"},
                              {"description", "description"},
                              {"project", "project_id"},
                              {"prefix", "prefix"},
                              {"last four", "last_four"},
                              {"status", "status"},
                              {"requests a minute", "rate_limit_rpm"},
                              {"allowed models", "allowed_models"},
                              {"allowed addresses", "ip_allowlist"},
                              {"provider keys of callers", "allow_provider_keys"},
                              {"expires", "expires_at"},
                              {"revoked", "revoked_at"},
                              {"old secret until", "previous_expires_at"},
                              {"created", "created_at"}};
constexpr Column kManagementColumns[] = {{"ID", "id"},
                                         {"NAME", "name"},
                                         {"ROLE", "role"},
                                         {"PREFIX", "prefix"},
                                         {"LAST", "last_four"},
                                         {"STATUS", "status"},
                                         {"EXPIRES", "expires_at"},
                                         {"CREATED", "created_at"}};
constexpr Column kManagementFields[] = {{"id", "id"},
                                        {"name", "name"},
                                        {"description", "description"},
                                        {"role", "role"},
                                        {"projects", "project_ids"},
                                        {"member", "member_id"},
                                        {"prefix", "prefix"},
                                        {"last four", "last_four"},
                                        {"status", "status"},
                                        {"requests a minute", "rate_limit_rpm"},
                                        {"allowed addresses", "ip_allowlist"},
                                        {"expires", "expires_at"},
                                        {"revoked", "revoked_at"},
                                        {"old secret until", "previous_expires_at"},
                                        {"created", "created_at"}};

constexpr Argument kKey[] = {{"id", "The key's id"}};

constexpr Option kName{"--name", "name", "What it is for", Kind::Text, Into::Body, true};
constexpr Option kNewName{"--name", "name", "A new name"};
constexpr Option kDescription{"--description", "description", "More about it"};
constexpr Option kRpm{"--rpm", "rate_limit_rpm", "Requests a minute", Kind::Int, Into::Body, false,
                      true};
constexpr Option kExpiresInDays{"--expires-in-days", "expires_in_days", "Days until it expires",
                                Kind::Int};
constexpr Option kExpiresAt{"--expires-at",
                            "expires_at",
                            "When it expires, such as 2027-01-31T00:00:00Z",
                            Kind::Text,
                            Into::Body,
                            false,
                            true};
constexpr Option kAddresses{
    "--allow-ip", "ip_allowlist", "Addresses that may use it, such as 10.0.0.0/8",
    Kind::List,   Into::Body,     false,
    true};
constexpr Option kModels{"--allow-model",
                         "allowed_models",
                         "What it may ask for, such as @production or openai/*",
                         Kind::List,
                         Into::Body,
                         false,
                         true};
constexpr Option kProviderKeys{"--allow-provider-keys", "allow_provider_keys",
                               "Requests may bring the caller's own key for their provider",
                               Kind::Flag};
constexpr Option kRole{"--role", "role", "Of a management key: owner, admin, member, viewer"};
constexpr Option kProjects{"--projects", "project_ids", "Projects it is confined to, by id",
                           Kind::List,   Into::Body,    false,
                           true};
constexpr Option kOverlap{"--overlap-seconds", "overlap_seconds",
                          "How long the old secret works on; it fails at once when absent",
                          Kind::Int};
constexpr Option kStatus{"--status", "status", "active, expired or revoked", Kind::Text,
                         Into::Parameter};

constexpr Option kCreate[] = {kName,         {"--project", "project_id", "Project, by id or slug"},
                              kDescription,  kRpm,
                              kModels,       kAddresses,
                              kProviderKeys, kExpiresInDays,
                              kExpiresAt};
constexpr Option kList[] = {
    {"--project", "project_id", "Of this project, by id or slug", Kind::Text, Into::Parameter},
    kStatus};
constexpr Option kUpdate[] = {kNewName,   kDescription,  kRpm,           kModels,
                              kAddresses, kProviderKeys, kExpiresInDays, kExpiresAt};
constexpr Option kRotate[] = {kOverlap};

// A management key is made with the least role unless another is named.
Outcome<Unit> defaultRole(const Session&, Values& values) {
  if (values.find("--role") == nullptr) values.fields.emplace_back("role", "\"viewer\"");
  return Unit{};
}

constexpr Option kManagementCreate[] = {kName,
                                        kRole,
                                        kDescription,
                                        kProjects,
                                        {"--member", "member_id", "The member it belongs to"},
                                        kRpm,
                                        kAddresses,
                                        kExpiresInDays,
                                        kExpiresAt};
constexpr Option kManagementUpdate[] = {kNewName, kDescription, kRole,          kProjects,
                                        kRpm,     kAddresses,   kExpiresInDays, kExpiresAt};

constexpr Row kManagementRows[] = {
    {.verb = "create",
     .help = "Make a key and print it once",
     .method = "POST",
     .path = "/management-keys",
     .options = kManagementCreate,
     .print = Print::Secret,
     .done = "created",
     .prepare = defaultRole},
    {.verb = "list",
     .help = "List keys",
     .method = "GET",
     .path = "/management-keys",
     .print = Print::Table,
     .columns = kManagementColumns},
    {.verb = "show",
     .help = "Show a key",
     .method = "GET",
     .path = "/management-keys/{key_id}",
     .arguments = kKey,
     .columns = kManagementFields},
    {.verb = "update",
     .help = "Change a key",
     .method = "PATCH",
     .path = "/management-keys/{key_id}",
     .arguments = kKey,
     .options = kManagementUpdate,
     .columns = kManagementFields},
    {.verb = "rotate",
     .help = "Give a key a new secret and print it once",
     .method = "POST",
     .path = "/management-keys/{key_id}/rotate",
     .arguments = kKey,
     .options = kRotate,
     .print = Print::Secret,
     .done = "rotated"},
    {.verb = "revoke",
     .help = "Revoke a key at once",
     .method = "DELETE",
     .path = "/management-keys/{key_id}",
     .arguments = kKey,
     .print = Print::Done,
     .done = "revoked"},
};

constexpr Switch management(size_t row) {
  return {"--management", "Keys of the management API instead", &kManagementRows[row]};
}

constexpr Row kRows[] = {
    {.verb = "create",
     .help = "Make a key and print it once",
     .method = "POST",
     .path = "/api-keys",
     .options = kCreate,
     .print = Print::Secret,
     .done = "created",
     .instead = management(0)},
    {.verb = "list",
     .help = "List keys",
     .method = "GET",
     .path = "/api-keys",
     .options = kList,
     .print = Print::Table,
     .columns = kColumns,
     .instead = management(1)},
    {.verb = "show",
     .help = "Show a key",
     .method = "GET",
     .path = "/api-keys/{key_id}",
     .arguments = kKey,
     .columns = kFields,
     .instead = management(2)},
    {.verb = "update",
     .help = "Change a key",
     .method = "PATCH",
     .path = "/api-keys/{key_id}",
     .arguments = kKey,
     .options = kUpdate,
     .columns = kFields,
     .instead = management(3)},
    {.verb = "rotate",
     .help = "Give a key a new secret and print it once",
     .method = "POST",
     .path = "/api-keys/{key_id}/rotate",
     .arguments = kKey,
     .options = kRotate,
     .print = Print::Secret,
     .done = "rotated",
     .instead = management(4)},
    {.verb = "revoke",
     .help = "Revoke a key at once",
     .method = "DELETE",
     .path = "/api-keys/{key_id}",
     .arguments = kKey,
     .print = Print::Done,
     .done = "revoked",
     .instead = management(5)},
};

}  // namespace

Group keyGroup() { return {"key", "Keys of projects", kRows}; }

Group managementKeyGroup() {
  return {"management-key", "Keys of the management API", kManagementRows};
}

}  // namespace penstock::cli
