#pragma once

#include "batch/asking.h"
#include "batch/bill.h"
#include "batch/holds.h"
#include "batch/services.h"
#include "batch/shown.h"
#include "model/relayed_object.h"

namespace penstock::batch {

// Charges batches that are over: reads their output, prices it, settles it in the budgets of the
// key that made them, and writes a row of the request log for each model. For one thread, which may
// block. A batch is charged once; a crash between the charge and its mark charges it again.
class Settlement {
 public:
  Settlement(const Services& services, Holds& holds)
      : services_(services), asking_(services), holds_(holds) {}

  // False when the output cannot be had now: try again.
  bool settle(const model::RelayedObject& batch, const Shown& shown);
  // Nobody can say any more what it used: the most that it may have.
  void settleMost(const model::RelayedObject& batch);

 private:
  enum class Read : unsigned char { Whole, Later, Gone };
  struct Work;
  Read readOutput(const model::RelayedObject& batch, const model::Provider& provider,
                  const Shown& shown, const std::shared_ptr<Work>& work) const;
  void charge(const model::RelayedObject& batch, const Plan& plan, const Bill& bill,
              const config::Snapshot& snapshot);
  void record(const model::RelayedObject& batch, const Plan& plan, size_t place,
              const Bill::Share& share, const config::Snapshot& snapshot);

  const Services& services_;
  const Asking asking_;
  Holds& holds_;
};

}  // namespace penstock::batch
