#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "executor/line.h"
#include "executor/line_cursor.h"
#include "executor/line_runner.h"
#include "executor/result_line.h"
#include "executor/services.h"
#include "executor/validation.h"
#include "model/local_batch.h"

namespace penstock::executor {

// A batch that is executed: where it is in its input, and which of its requests are under way. What
// is over stands in its outputs, which say after a crash what is left; a request that was under way
// then is made again. For the executor's thread, which may block.
//
//   validating → in progress → (all requests are over, or it is cancelled, or too late, or its key
//   is gone: those under way end) → finalizing → over
class Run {
 public:
  Run(const Services& services, model::LocalBatch batch);

  // Goes on with what is not requests; true when there is more of it at once.
  bool step();
  // The next request, when one may be made now; its number names it.
  struct Job {
    int64_t number = 0;
    std::string body;
  };
  std::optional<Job> next();
  void take(int64_t number, const LineAnswer& answer);
  // Somebody may have cancelled it.
  void look();
  // Writes down how far it is, where that has changed.
  void note();

  const std::shared_ptr<const LineOrigin>& origin() const { return origin_; }
  bool over() const { return batch_.over() || removed_; }
  size_t underWay() const { return under_way_.size(); }
  // No request is left, and none is under way: the next step is the last.
  bool mayFinish() const {
    return !over() && exhausted_ && under_way_.empty() && again_.empty() && pending_.empty();
  }
  // Until then nothing is to be done, unless it is told something.
  std::optional<SteadyTime> pausedUntil() const;

 private:
  // A request of the input.
  struct Place {
    int64_t number = 0;
    uint64_t offset = 0;
    int refusals = 0;  // by providers
    std::string custom_id = {};
  };
  std::string inputName() const { return batch_.id + ".in"; }
  const std::string& outputOf(LineEnd end) const;
  void validate();
  void resume();
  void countAgain(const std::string& name);
  void loseInput();
  std::optional<Place> nextPlace();
  std::optional<Job> jobAt(Place place);
  void write(LineEnd end, const std::string& line);
  bool writePending();
  void pause(std::optional<int64_t> told_ms);
  void end(model::BatchStatus outcome);
  bool endRest();
  void finish();
  void save();
  SteadyTime now() const { return services_.clock.steady(); }

  const Services& services_;
  model::LocalBatch batch_;
  const std::shared_ptr<const LineOrigin> origin_;
  std::unique_ptr<Validation> validation_;
  std::unique_ptr<LineCursor> cursor_;  // once it is in progress
  CustomIds done_;                      // of before this run
  std::map<int64_t, Place> under_way_;
  std::deque<Place> again_;                              // that were refused for now
  std::deque<std::pair<LineEnd, std::string>> pending_;  // that the disk did not take
  bool exhausted_ = false;                               // all of the input has been read
  bool ending_ = false;                                  // no more requests are made
  bool key_gone_ = false;
  bool changed_ = false;  // since it was written down
  bool removed_ = false;
  SteadyTime paused_until_{};
  int64_t pause_ms_ = 0;
};

}  // namespace penstock::executor
