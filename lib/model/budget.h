#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/money.h"

namespace penstock::model {

// What a budget is divided by. In the order of how specific they are: a refusal names the most
// specific budget, the one that comes first here.
enum class BudgetScope : uint8_t {
  EndUser,
  Tag,
  ApiKey,
  RoutingConfig,
  Model,
  Provider,
  Project,
  Organization,
};
std::string_view scopeName(BudgetScope scope);  // "end_user"
std::optional<BudgetScope> parseBudgetScope(std::string_view name);

// What is counted: nano-dollars, tokens, requests, or requests being served right now.
enum class BudgetUnit : uint8_t { Usd, Tokens, Requests, Concurrency };  // numbers are stored
std::string_view unitName(BudgetUnit unit);                              // "usd"
std::optional<BudgetUnit> parseBudgetUnit(std::string_view name);
// Whether it counts requests rather than what they use.
inline bool isCount(BudgetUnit unit) {
  return unit == BudgetUnit::Requests || unit == BudgetUnit::Concurrency;
}

enum class BudgetPeriod : uint8_t { Minute, Hour, Daily, Weekly, Monthly, Total };
std::string_view periodName(BudgetPeriod period);  // "daily"
std::optional<BudgetPeriod> parseBudgetPeriod(std::string_view name);

enum class BudgetAction : uint8_t { Block, Downgrade, WarnOnly };  // numbers are stored
std::string_view actionName(BudgetAction action);                  // "warn_only"
std::optional<BudgetAction> parseBudgetAction(std::string_view name);

// What a budget did to a request.
enum class BudgetOutcome : uint8_t { Ok, Counted, Blocked, Downgraded };
std::string_view budgetOutcomeName(BudgetOutcome outcome);  // "ok"
std::optional<BudgetOutcome> parseBudgetOutcome(std::string_view name);

// Where a budget comes from; decides how its refusal reads.
enum class BudgetOrigin : uint8_t {
  Budget,        // 402 budget_exceeded, or 429 for tokens, requests and concurrency
  Balance,       // a prepaid balance: 402 insufficient_balance
  DailySpending  // a balance's daily cap: 429 daily_spend_limit
};

// A cap on what requests use in a period (spec/modelux.md 13.26).
struct Budget {
  // What each request that it binds asks stands first, together: a request may have dozens.
  int64_t cap = 0;  // in the unit
  BudgetUnit unit = BudgetUnit::Usd;
  BudgetAction action = BudgetAction::Block;
  BudgetScope scope = BudgetScope::Organization;
  BudgetOrigin origin = BudgetOrigin::Budget;  // derived as the configuration is loaded
  BudgetPeriod period = BudgetPeriod::Monthly;
  bool enabled = true;
  int soft_cap_pct = 80;
  std::string id;  // bud_…
  std::string organization_id;
  std::string name;
  // Binds the requests of this project only; absent: of every project. Set for scope Project when
  // it is about one project.
  std::optional<std::string> project_id;
  std::string tag_key;  // scope Tag: whose values are meant
  // What the scope's dimension must be: an id (project, api key, routing config, provider), a
  // served model's name, an end user, a tag's value. Absent: every distinct value has a bucket of
  // its own. Of no meaning for Organization.
  std::optional<std::string> value;
  int reset_day =
      1;  // Monthly: of the month, or its last day if it is shorter; Weekly: 1 is Monday
  std::string timezone = "UTC";  // IANA name; where days begin
  std::string downgrade_to;      // "@slug" or "provider/model"
  UnixMillis created_at = 0;
  UnixMillis updated_at = 0;
  // Derived when the configuration is loaded, not stored:
  std::vector<int> thresholds;           // of alerts, percent of the cap, rising
  std::optional<int64_t> low_threshold;  // of a balance: balance.low when less is left
  bool operator==(const Budget&) const = default;
};

// A channel that an alert speaks through.
struct AlertChannel {
  std::string type;    // "email", "webhook", "dashboard"
  std::string target;  // an address, or the id of a webhook endpoint; may be empty
  bool operator==(const AlertChannel&) const = default;
};

struct BudgetAlert {
  std::string id;  // balt_…
  std::string budget_id;
  int threshold_pct = 0;
  std::vector<AlertChannel> channels;
  UnixMillis created_at = 0;
  bool operator==(const BudgetAlert&) const = default;
};

struct BudgetEvent {
  std::string id;          // bevt_…
  std::string account_id;  // bud_… or bal_…
  std::string type;        // "threshold_reached", "exceeded", "recovered"
  std::string value;       // of the bucket
  UnixMillis period_start = 0;
  std::optional<int64_t> threshold_pct;
  int64_t spent = 0;
  int64_t cap = 0;
  UnixMillis created_at = 0;
  bool operator==(const BudgetEvent&) const = default;
};

// A prepaid balance of a project, or of one of its keys.
struct Balance {
  std::string id;  // bal_…
  std::string organization_id;
  std::string project_id;
  std::optional<std::string> api_key_id;
  Money credit;         // the sum of its entries: what was put in
  Money low_threshold;  // balance.low is told once when less is left
  std::optional<Money> daily_cap;
  std::string timezone = "UTC";  // where its days begin
  bool alerted = false;          // balance.low was told since it last was above
  UnixMillis created_at = 0;
  UnixMillis updated_at = 0;
  bool operator==(const Balance&) const = default;
};

struct BalanceEntry {
  std::string id;  // bent_…
  std::string balance_id;
  std::string type;  // "top_up", "refund", "adjustment"
  Money amount;      // negative takes out
  std::string note;
  std::string actor_id;  // the management key
  UnixMillis created_at = 0;
  bool operator==(const BalanceEntry&) const = default;
};

}  // namespace penstock::model
