// penstock project: what keys, routing configs and logs belong to.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {{"ID", "id"},
                               {"SLUG", "slug"},
                               {"NAME", "name"},
                               {"DESCRIPTION", "description"},
                               {"CREATED", "created_at"}};
constexpr Column kFields[] = {{"id", "id"},
                              {"slug", "slug"},
                              {"name", "name"},
                              {"description", "description"},
                              {"auto-resolve bare model", "settings.auto_resolve_bare_model"},
                              {"retain payloads", "settings.retain_payloads"},
                              {"budget bare models", "settings.budget_bare_models"},
                              {"unknown model policy", "settings.unknown_model_policy"},
                              {"unsupported parameters", "settings.unsupported_parameters"},
                              {"unknown files", "settings.unknown_files"},
                              {"guardrails", "settings.guardrails"},
                              {"created", "created_at"}};

constexpr Argument kProject[] = {{"project", "Id or slug"}};

constexpr Option kDescription{"--description", "description", "More about it"};
constexpr Option kAutoResolve{"--auto-resolve-bare-model", "settings.auto_resolve_bare_model",
                              "Take a bare model name for the vendor's that its prefix says",
                              Kind::Flag};
constexpr Option kRetain{"--retain-payloads", "settings.retain_payloads",
                         "Keep bodies of requests and answers in the log", Kind::Flag};
constexpr Option kBudgetBare{"--budget-bare-models", "settings.budget_bare_models",
                             "Budgets bind requests that name a provider or a bare model too",
                             Kind::Flag};
constexpr Option kUnknown{"--unknown-model-policy", "settings.unknown_model_policy",
                          "Of models without a price: deny, ceiling (the dearest rates) or free"};
constexpr Option kUnsupported{"--unsupported-parameters", "settings.unsupported_parameters",
                              "Of what a target cannot express: drop (and say so) or refuse"};
constexpr Option kUnknownFiles{"--unknown-files", "settings.unknown_files",
                               "Of ids of files that were not uploaded here: refuse or pass"};
constexpr Option kGuardrails{"--guardrails", "settings.guardrails",
                             "All rules, as JSON: [{\"name\":\"pii\",\"kind\":\"pii\","
                             "\"action\":\"redact\"}]; null removes them",
                             Kind::Json};
constexpr Option kCreate[] = {{"--name", "name", "Its name", Kind::Text, Into::Body, true},
                              {"--slug", "slug", "Its slug; made of the name when absent"},
                              kDescription,
                              kAutoResolve,
                              kRetain,
                              kBudgetBare,
                              kUnknown,
                              kUnsupported,
                              kUnknownFiles,
                              kGuardrails};
constexpr Option kUpdate[] = {{"--name", "name", "A new name"},
                              kDescription,
                              kAutoResolve,
                              kRetain,
                              kBudgetBare,
                              kUnknown,
                              kUnsupported,
                              kUnknownFiles,
                              kGuardrails};

constexpr Row kRows[] = {
    {.verb = "create",
     .help = "Create a project",
     .method = "POST",
     .path = "/projects",
     .options = kCreate,
     .columns = kColumns},
    {.verb = "list",
     .help = "List projects",
     .method = "GET",
     .path = "/projects",
     .print = Print::Table,
     .columns = kColumns},
    {.verb = "show",
     .help = "Show a project",
     .method = "GET",
     .path = "/projects/{project_id}",
     .arguments = kProject,
     .columns = kFields},
    {.verb = "update",
     .help = "Change a project",
     .method = "PATCH",
     .path = "/projects/{project_id}",
     .arguments = kProject,
     .options = kUpdate,
     .columns = kFields},
    {.verb = "remove",
     .help = "Remove a project and revoke its keys",
     .method = "DELETE",
     .path = "/projects/{project_id}",
     .arguments = kProject,
     .print = Print::Done,
     .done = "removed"},
};

}  // namespace

Group projectGroup() { return {"project", "Projects", kRows}; }

}  // namespace penstock::cli
