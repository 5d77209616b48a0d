#pragma once

#include "manage/resource.h"

// What budgets have counted, and what happened to them.
namespace penstock::manage {

Handler showBudgetStatus, listBudgetBuckets, listBudgetEvents;

}  // namespace penstock::manage
