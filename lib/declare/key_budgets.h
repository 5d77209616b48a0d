#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "declare/document.h"
#include "json/value.h"

namespace penstock::declare {

// The period that another gateway's duration means: "60s" and "1m" are minute, "24h" and "1d"
// daily, "7d" and "1w" weekly, "30d", "1mo" and "1M" monthly. Nothing for others.
std::optional<std::string> periodOf(std::string_view duration);

// Another gateway's limits of one key as budgets of that key.
class KeyBudgets {
 public:
  KeyBudgets(std::string key, Imported& imported, std::string source)
      : key_(std::move(key)), imported_(imported), source_(std::move(source)) {}

  struct What {
    const char* name;  // "spend": the budget is called "<key> spend"
    const char* unit;
  };
  // A limit that is absent or null is none. No duration means for ever, or, of concurrency, at
  // any time. What cannot be carried over is reported at the place of what is wrong.
  void add(const What& what, const std::optional<json::ValueRef>& limit, std::string_view duration,
           const std::string& where, const std::string& where_duration);

 private:
  const std::string key_;
  Imported& imported_;
  const std::string source_;
  std::set<std::string> names_;
};

}  // namespace penstock::declare
