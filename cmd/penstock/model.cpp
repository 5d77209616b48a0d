// penstock models: the catalogue of models, at which price, and which providers here serve them.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {{"MODEL", "id"},
                               {"CONTEXT", "context_window"},
                               {"INPUT, USD/M", "pricing.input"},
                               {"OUTPUT, USD/M", "pricing.output"},
                               {"SERVED BY", "served_by"}};

constexpr Option kOptions[] = {
    {"--provider", "provider", "Of this provider, as the catalogue calls it", Kind::Text,
     Into::Parameter},
    {"--query", "query", "Whose name holds this", Kind::Text, Into::Parameter}};

constexpr Row kRows[] = {
    {.verb = "models",
     .help = "List models with their prices",
     .method = "GET",
     .path = "/models",
     .options = kOptions,
     .print = Print::Table,
     .columns = kColumns},
};

}  // namespace

Group modelGroup() { return {nullptr, "", kRows}; }

}  // namespace penstock::cli
