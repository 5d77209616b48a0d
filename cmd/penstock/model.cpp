// penstock models: what providers offer, and at which price.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {{"MODEL", "id"},
                               {"PROVIDER", "provider"},
                               {"INPUT, USD/M", "prices.input_usd_per_million"},
                               {"OUTPUT, USD/M", "prices.output_usd_per_million"}};

constexpr Option kOptions[] = {
    {"--provider", "provider", "Of this provider or vendor", Kind::Text, Into::Parameter},
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
