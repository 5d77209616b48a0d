#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "rules/value.h"

namespace penstock::rules {

// What a rule can ask about. The name in a rule, the type, and what `key` holds where there is one.
enum class Variable : uint8_t {
  Tag,                 // tags.<name>                   text; the tag's name
  EndUser,             // end_user                      text
  Project,             // project                       text
  Model,               // model                         text, as requested
  Stream,              // request.stream                bool
  MaxTokens,           // request.max_tokens            number
  Temperature,         // request.temperature           number
  HasTools,            // request.has_tools             bool
  HasImages,           // request.has_images            bool
  PromptTokens,        // request.prompt_tokens         number, an estimate
  BudgetUsed,          // budget.used_pct               number, 0 to 1 and above; the most used
  BudgetRemaining,     // budget.remaining_usd          number         budget that binds the request
  BudgetName,          // budget.name                   text
  OneBudgetUsed,       // budgets['name'].used_pct      number; the budget's name
  OneBudgetRemaining,  // budgets['name'].remaining_usd number; the budget's name
  CostEstimate,        // cost.estimate_usd             number
  LatencyP50,          // latency.<provider>.p50_ms     number; the provider, as the rule names it
  ProviderHealthy,     // provider.<id>.healthy         bool; the provider, as the rule names it
  TimeHour,            // time.hour                     number, 0 to 23, UTC
  TimeWeekday,         // time.weekday                  number, Monday = 1 to Sunday = 7, UTC
};

// Of what the variables are made, so that a caller knows before what a rule will need.
enum class FactGroup : uint8_t {
  Request,    // at hand with every request
  Prompt,     // has_images, prompt_tokens: the messages must be looked through
  Budgets,    // the ledger
  Cost,       // prices, and the prompt
  Latency,    // the health board
  Health,     // the health board
  WallClock,  // the time of day
};

class FactGroups {
 public:
  bool has(FactGroup group) const { return (bits_ & bit(group)) != 0; }
  void add(FactGroup group) { bits_ |= bit(group); }
  FactGroups& operator|=(FactGroups other) {
    bits_ |= other.bits_;
    return *this;
  }
  bool operator==(const FactGroups&) const = default;

 private:
  static constexpr uint32_t bit(FactGroup group) { return 1U << static_cast<unsigned>(group); }
  uint32_t bits_ = 0;
};

// What is known of one request. Asked on the evaluating thread, only for what a rule reads and each
// time it does: whoever implements it computes late and keeps what was dear.
class Facts {
 public:
  virtual ~Facts() = default;
  // Null when there is no such value. Text lives as long as the facts do. Must not throw.
  virtual Value value(Variable variable, std::string_view key) const = 0;
};

// time.hour and time.weekday of a moment.
double utcHour(UnixMillis time);
double utcWeekday(UnixMillis time);

}  // namespace penstock::rules
