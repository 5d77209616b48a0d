#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/sync.h"
#include "batch/settlement.h"

namespace penstock::batch {

// Looks at batches whose cost is not charged yet, on a thread of its own: at all of them every
// minute, at one when told to. What is over is charged.
class Watch {
 public:
  struct Options {
    std::chrono::milliseconds look_every{60'000};  // by the real clock
    // By then providers have deleted what came out of it.
    UnixMillis give_up = 31LL * 86'400'000;
  };
  Watch(const Services& services, Holds& holds, Options options);
  ~Watch();  // close() and join()
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Sets aside again what batches may cost that were under way at the last stop, so that nobody is
  // served before that binds the budgets; then starts the thread.
  void start();
  // Ends it after what it is at; a call under way ends with its loop. join() waits for that.
  void close();
  void join();

  // Any thread: look at that one soon.
  void nudge(std::string_view provider_id, std::string_view id);

 private:
  using Key = std::pair<std::string, std::string>;
  void run(const std::stop_token& stop);
  void holdAgain();
  template <typename Each>
  void forEachUnsettled(const std::stop_token& stop, Each each);
  void look(const Key& key);
  void look(model::RelayedObject batch);
  bool refresh(model::RelayedObject& batch, Shown& shown);
  void describeOutputs(const model::RelayedObject& batch, const Shown& shown);

  const Services& services_;
  Holds& holds_;
  const Options options_;
  const Asking asking_;
  Settlement settlement_;
  Sync<std::deque<Key>> nudged_;
  std::mutex sleep_;
  std::condition_variable_any woken_;
  std::jthread thread_;
};

// Writes down what a provider shows of a batch, and that the files which came out of it are of the
// same project.
void keepShown(store::Tables& tables, const model::RelayedObject& batch, const Shown& shown,
               std::string_view object);

}  // namespace penstock::batch
