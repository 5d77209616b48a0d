#pragma once

#include <string>

#include "model/budget.h"
#include "store/ledger_buckets.h"
#include "store/tables.h"

namespace penstock::budget {

enum class AlertKind : uint8_t {
  Threshold,  // a share of the cap is spent, see pct
  Exceeded,   // the cap is spent, or a request was refused for it
  Low,        // a balance has less left than its low_threshold
  Recovered,  // after a crash, what was leased counts as spent; `bucket` is as the crash left it
};

struct Alert {
  AlertKind kind = AlertKind::Threshold;
  // Of Recovered, only id is set: the budget may be gone.
  model::Budget budget;
  store::LedgerBucket bucket;
  int64_t pct = 0;
};

// Whom the ledger tells.
class AlertSink {
 public:
  virtual ~AlertSink() = default;
  // In the transaction that notes it, on the writer thread: must not wait, must not call the
  // ledger. Once a period, bucket and threshold; of Low, whenever it falls below.
  virtual void tell(store::Tables& tables, const Alert& alert) = 0;
  // After the commit; of some alerts together.
  virtual void told() = 0;
};

}  // namespace penstock::budget
