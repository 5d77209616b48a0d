#pragma once

#include <string>

#include "model/budget.h"
#include "store/ledger_buckets.h"
#include "store/tables.h"

namespace penstock::budget {

enum class AlertKind : uint8_t {
  Threshold,  // a share of the cap is spent, see pct
  Exceeded,   // the cap is spent; pct is 100
  Refused,    // a request was refused, past the soft cap, for what was left before the cap is spent
  Low,        // a balance has less left than its low_threshold
  Recovered,  // after a crash, what was leased counts as spent; `bucket` is as the crash left it
};

struct Alert {
  AlertKind kind = AlertKind::Threshold;
  // Of Recovered, only id is set when the budget is gone.
  model::Budget budget;
  store::LedgerBucket bucket;
  int64_t pct = 0;
};

// Whom the ledger tells.
class AlertSink {
 public:
  virtual ~AlertSink() = default;
  // In the transaction that notes it, on the writer thread: must not wait, must not call the
  // ledger. Of thresholds and refusals once a period and bucket. Low says that a balance may be so,
  // when it falls below or was changed: who is told knows whether it was told before.
  virtual void tell(store::Tables& tables, const Alert& alert) = 0;
  // After the commit; of some alerts together.
  virtual void told() = 0;
};

}  // namespace penstock::budget
