#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "budget/period.h"
#include "manage/services.h"
#include "model/budget.h"
#include "store/ledger_buckets.h"
#include "store/tables.h"

// What budgets and balances have counted, from the ledger's rows and from its memory.
namespace penstock::manage {

struct Use {
  int64_t spent = 0;
  int64_t reserved = 0;  // by requests under way
  int64_t requests = 0;  // settled ones; those of concurrency are not counted
};

// Brings the ledger's rows up to date, so that they can be read. Not inside a transaction.
void syncLedger(const Services& services);

// Of one bucket in a period. Call services.sync_ledger first, outside of transactions. Memory knows
// better than the row, and alone knows of minutes, hours and concurrency.
Use useOf(const Services& services, store::Tables& tables, const model::Budget& budget,
          std::string_view value, const budget::Period& period);
Use useOf(const Services& services, const store::LedgerBucket& bucket);

// What is left of a cap for new requests, never less than nothing.
int64_t leftOf(int64_t cap, const Use& use);
// Percent of the cap that is spent, what is reserved not included; 100 of a cap of nothing.
double usedPct(int64_t cap, int64_t spent);

// What will be spent by the end of the period if it goes on as it did: spent / elapsed × length.
// Nothing in the first hundredth of a period, when a single request would decide, nor where there
// is no end.
std::optional<int64_t> forecastOf(int64_t spent, const budget::Period& period, UnixMillis now);

}  // namespace penstock::manage
