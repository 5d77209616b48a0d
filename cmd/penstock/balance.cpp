// penstock balance: prepaid balances of projects and keys.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {{"ID", "id"},
                               {"PROJECT", "project_id"},
                               {"API KEY", "api_key_id"},
                               {"CREDIT", "credit_usd"},
                               {"SPENT", "spent_usd"},
                               {"REMAINING", "remaining_usd"},
                               {"TODAY", "today_usd"}};
constexpr Column kFields[] = {{"id", "id"},
                              {"project", "project_id"},
                              {"api key", "api_key_id"},
                              {"credit", "credit_usd"},
                              {"spent", "spent_usd"},
                              {"reserved", "reserved_usd"},
                              {"remaining", "remaining_usd"},
                              {"today", "today_usd"},
                              {"low below", "low_threshold_usd"},
                              {"daily cap", "daily_cap_usd"},
                              {"time zone", "timezone"},
                              {"told to be low", "low_alerted"},
                              {"created", "created_at"},
                              {"updated", "updated_at"}};
constexpr Column kEntries[] = {{"ID", "id"},     {"TYPE", "type"},      {"AMOUNT", "amount_usd"},
                               {"NOTE", "note"}, {"ACTOR", "actor_id"}, {"CREATED", "created_at"}};

constexpr Argument kBalance[] = {{"id", "The balance's id"}};

constexpr Option kLow{"--low-threshold", "low_threshold_usd",
                      "Dollars; balance.low is told when less is left"};
constexpr Option kDaily{
    "--daily-cap", "daily_cap_usd", "Dollars a day", Kind::Text, Into::Body, false, true};
constexpr Option kZone{"--timezone", "timezone", "Where days begin, such as Europe/Berlin"};
constexpr Option kCreate[] = {
    {"--project", "project_id", "Id or slug; the only project or default when absent"},
    {"--api-key", "api_key_id", "Id of a key; the whole project's when absent"},
    {"--credit", "credit_usd", "Dollars of a first top-up"},
    kLow,
    kDaily,
    kZone};
constexpr Option kUpdate[] = {kLow, kDaily, kZone};
constexpr Option kList[] = {
    {"--project", "project_id", "Of this project", Kind::Text, Into::Parameter}};
constexpr Option kAdd[] = {
    {"--type", "type", "top_up, refund or adjustment", Kind::Text, Into::Body, true},
    {"--amount", "amount_usd", "Dollars; an adjustment may be negative: --amount=-5", Kind::Text,
     Into::Body, true},
    {"--note", "note", "What for"}};

constexpr Row kRows[] = {
    {.verb = "create",
     .help = "Give a project or a key a prepaid balance",
     .method = "POST",
     .path = "/balances",
     .options = kCreate,
     .columns = kFields},
    {.verb = "list",
     .help = "List balances",
     .method = "GET",
     .path = "/balances",
     .options = kList,
     .print = Print::Table,
     .columns = kColumns},
    {.verb = "show",
     .help = "Show a balance",
     .method = "GET",
     .path = "/balances/{balance_id}",
     .arguments = kBalance,
     .columns = kFields},
    {.verb = "update",
     .help = "Change a balance's thresholds",
     .method = "PATCH",
     .path = "/balances/{balance_id}",
     .arguments = kBalance,
     .options = kUpdate,
     .columns = kFields},
    {.verb = "delete",
     .help = "Delete a balance; its holder is no longer bound by it",
     .method = "DELETE",
     .path = "/balances/{balance_id}",
     .arguments = kBalance,
     .print = Print::Done,
     .done = "deleted"},
    {.verb = "entries",
     .help = "List what was put in and taken out",
     .method = "GET",
     .path = "/balances/{balance_id}/entries",
     .arguments = kBalance,
     .print = Print::Table,
     .columns = kEntries},
    {.verb = "add",
     .help = "Put in or take out",
     .method = "POST",
     .path = "/balances/{balance_id}/entries",
     .arguments = kBalance,
     .options = kAdd,
     .columns = kFields},
};

}  // namespace

Group balanceGroup() { return {"balance", "Prepaid balances", kRows}; }

}  // namespace penstock::cli
