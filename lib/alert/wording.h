#pragma once

#include <string>

#include "budget/alert.h"
#include "model/budget.h"

// What is said of an alert, to programs and to people.
namespace penstock::alert {

// The `data` of budget.threshold_reached and budget.exceeded, as webhook/event_types.cpp shows it.
std::string budgetData(const budget::Alert& alert);
// The `data` of balance.low.
std::string balanceData(const model::Balance& balance, int64_t spent);

// A mail's subject, a sentence without its full stop, and body.
std::string subjectOf(const budget::Alert& alert);
std::string bodyOf(const budget::Alert& alert);

}  // namespace penstock::alert
