// penstock prices: prices of your own, and how a cost came about.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {
    {"ID", "id"},          {"PROVIDER", "provider"},          {"MODEL", "model"},
    {"FROM", "starts_at"}, {"INPUT, USD/M", "pricing.input"}, {"OUTPUT, USD/M", "pricing.output"},
    {"SOURCE", "source"}};

constexpr Argument kPrice[] = {{"id", "The price's id"}};
constexpr Argument kRequest[] = {{"request_id", "X-Modelux-Request-Id of its answer"}};

constexpr Option kInput{"--input", "pricing.input", "USD a million input tokens", Kind::Json};
constexpr Option kOutput{"--output", "pricing.output", "USD a million output tokens", Kind::Json};
constexpr Option kRead{"--cache-read", "pricing.cache_read", "USD a million cached input tokens",
                       Kind::Json};
constexpr Option kWrite{"--cache-write", "pricing.cache_write",
                        "USD a million tokens written to the cache", Kind::Json};
constexpr Option kLongWrite{"--cache-write-1h", "pricing.cache_write_1h",
                            "The same for an hour's cache", Kind::Json};
constexpr Option kRequestFee{"--request", "pricing.request", "USD a request", Kind::Json};
constexpr Option kTiers{"--tiers", "pricing.tiers",
                        R"([{"above_input_tokens":200000,"input":4}], as the API takes them)",
                        Kind::Json};
constexpr Option kPricing{"--pricing", "pricing",
                          R"(All rates at once, such as {"input":3,"output":12,"web_search":0.01})",
                          Kind::Json};
constexpr Option kFrom{
    "--from", "starts_at", "Of requests from this time on", Kind::Text, Into::Body, false, true};
constexpr Option kWindow{
    "--context-window", "context_window", "Tokens", Kind::Int, Into::Body, false, true};
constexpr Option kMaxOutput{
    "--max-output", "max_output_tokens", "Tokens", Kind::Int, Into::Body, false, true};

constexpr Option kSet[] = {
    {"--provider", "provider", "A provider's name, or its id in the catalogue", Kind::Text,
     Into::Body, true},
    {"--model", "model", "A model, or how models begin: gpt-4o*", Kind::Text, Into::Body, true},
    kInput,
    kOutput,
    kRead,
    kWrite,
    kLongWrite,
    kRequestFee,
    kTiers,
    kPricing,
    kFrom,
    kWindow,
    kMaxOutput};
constexpr Option kUpdate[] = {{"--provider", "provider", "Another provider"},
                              {"--model", "model", "Another model"},
                              kInput,
                              kOutput,
                              kRead,
                              kWrite,
                              kLongWrite,
                              kRequestFee,
                              kTiers,
                              kPricing,
                              kFrom,
                              kWindow,
                              kMaxOutput};
constexpr Option kList[] = {
    {"--provider", "provider", "Of this provider", Kind::Text, Into::Parameter}};
constexpr Option kImport[] = {
    {"--litellm", "litellm", "LiteLLM's model_prices_and_context_window.json; - is standard input",
     Kind::JsonFile},
    {"--models-dev", "models_dev", "models.dev's api.json", Kind::JsonFile},
    {"--only-missing", "only_missing", "Leave models that the catalogue prices", Kind::Flag},
    {"--dry-run", "dry_run", "Change nothing, tell what would be", Kind::Flag}};

constexpr Row kRows[] = {
    {.verb = "list",
     .help = "List the prices that were set here",
     .method = "GET",
     .path = "/prices",
     .options = kList,
     .print = Print::Table,
     .columns = kColumns},
    {.verb = "show",
     .help = "Show one of them with all its rates",
     .method = "GET",
     .path = "/prices/{price_id}",
     .arguments = kPrice,
     .print = Print::Whole},
    {.verb = "set",
     .help = "Set a model's price; it wins over the catalogue",
     .method = "POST",
     .path = "/prices",
     .options = kSet,
     .columns = kColumns},
    {.verb = "update",
     .help = "Change a price; rates are replaced as a whole",
     .method = "PATCH",
     .path = "/prices/{price_id}",
     .arguments = kPrice,
     .options = kUpdate,
     .columns = kColumns},
    {.verb = "delete",
     .help = "Delete a price; the catalogue's holds again",
     .method = "DELETE",
     .path = "/prices/{price_id}",
     .arguments = kPrice,
     .print = Print::Done,
     .done = "deleted"},
    {.verb = "import",
     .help = "Set prices from a list of LiteLLM or models.dev, and tell what was left out",
     .method = "POST",
     .path = "/prices/import",
     .options = kImport,
     .print = Print::Whole},
    {.verb = "explain",
     .help = "Show how a request's cost came about, line by line",
     .method = "GET",
     .path = "/logs/{request_id}/cost",
     .arguments = kRequest,
     .print = Print::Whole},
};

}  // namespace

Group priceGroup() { return {"prices", "Prices of your own, and what requests cost", kRows}; }

}  // namespace penstock::cli
