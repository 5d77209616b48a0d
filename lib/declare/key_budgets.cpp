#include "declare/key_budgets.h"

#include <array>
#include <utility>

namespace penstock::declare {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kPeriods{{
    {"60s", "minute"},
    {"1m", "minute"},
    {"60m", "hour"},
    {"1h", "hour"},
    {"24h", "daily"},
    {"1d", "daily"},
    {"7d", "weekly"},
    {"168h", "weekly"},
    {"1w", "weekly"},
    {"30d", "monthly"},
    {"31d", "monthly"},
    {"1mo", "monthly"},
    {"1M", "monthly"},
    {"3600s", "hour"},
    {"86400s", "daily"},
}};
constexpr size_t kMaxKeyName = 100;  // so that with what follows it is a name

}  // namespace

std::optional<std::string> periodOf(std::string_view duration) {
  for (const auto& [text, period] : kPeriods) {
    if (text == duration) return std::string(period);
  }
  return std::nullopt;
}

void KeyBudgets::add(const What& what, const std::optional<json::ValueRef>& limit,
                     std::string_view duration, const std::string& where,
                     const std::string& where_duration) {
  if (!limit || limit->isNull()) return;
  const std::string_view unit = what.unit;
  const auto report = [&](const std::string& place, std::string why) {
    imported_.report.push_back({place, key_, std::move(why), source_});
  };
  const auto number = limit->asDouble();
  if (!number || *number < 0 || (unit != "usd" && !limit->asInt())) {
    return report(where, "the limit must be a positive number");
  }
  Budget budget;
  budget.api_key = key_;
  budget.unit = unit;
  budget.cap = unit == "usd" ? limit->text() : std::to_string(*limit->asInt());
  if (unit != "concurrency") {
    const auto period = duration.empty() ? std::optional<std::string>("total") : periodOf(duration);
    const bool brief = period == "minute" || period == "hour";
    if (!period || (brief && unit == "usd")) {
      return report(where_duration, "there are no budgets per " + std::string(duration) +
                                        "; make one with penstock budget create");
    }
    if (duration == "30d") report(where_duration, "30 days are taken for a month");
    budget.period = *period;
  }
  const std::string base = key_.substr(0, kMaxKeyName) + " " + what.name;
  budget.name = base;
  for (int n = 2; !names_.insert(budget.name).second; ++n) {
    budget.name = base + " " + std::to_string(n);
  }
  imported_.document.budgets.push_back(std::move(budget));
}

}  // namespace penstock::declare
