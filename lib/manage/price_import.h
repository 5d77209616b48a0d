#pragma once

#include "manage/resource.h"

namespace penstock::manage {

// POST /prices/import: another's price list as overrides, in one transaction. The answer tells how
// many were made, changed and left, what was not taken, and which fields nothing here stands for.
Handler importPrices;

}  // namespace penstock::manage
