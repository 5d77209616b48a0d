#include "executor/executor.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace penstock::executor {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// How often it is looked whether a batch's time is over, and how far they are is written down.
constexpr milliseconds kNoteEvery{1'000};
constexpr hours kSweepEvery{1};

}  // namespace

void Executor::Inbox::put(Event event) {
  events.lock()->push_back(std::move(event));
  // Under the lock of the sleeper, or it could miss this between its look and its sleep.
  const std::lock_guard lock(sleep);
  woken.notify_all();
}

Executor::Executor(const Services& services, LineRunner& runner)
    : services_(services),
      runner_(runner),
      objects_(services_,
               [inbox = inbox_](std::string_view id) { inbox->put({std::string(id)}); }) {}

Executor::~Executor() {
  close();
  join();
}

void Executor::start() {
  removeOrphans(services_);
  adopt();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Executor::adopt() {
  const auto open =
      services_.store.read([](store::Tables& tables) { return tables.local_batches.open(); });
  for (const model::LocalBatch& batch : open) {
    if (!runs_.contains(batch.id)) runs_.emplace(batch.id, std::make_unique<Run>(services_, batch));
  }
  batches_ = static_cast<int64_t>(runs_.size());
}

void Executor::beginDrain() { draining_ = true; }

bool Executor::waitIdle(milliseconds limit) {
  std::unique_lock lock(inbox_->sleep);
  return inbox_->woken.wait_for(lock, limit, [this] { return lines_ == 0; });
}

void Executor::close() {
  draining_ = true;
  runner_.hangUp();
}

void Executor::join() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

// The store may fail, and be well again in a moment: what one batch meets is not the others'
// affair.
bool Executor::guarded(const std::function<void()>& task) {
  try {
    task();
    return true;
  } catch (const std::exception& failure) {
    services_.log.error("batch_executor_failed", {{"reason", failure.what()}});
    return false;
  }
}

void Executor::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    turn();
    sleep(stop);
  }
  // What came in the meantime was paid for.
  takeAll();
  noteAll();
}

void Executor::turn() {
  takeAll();
  more_ = stepAll();
  if (!draining_) beginLines();
  const SteadyTime now = services_.clock.steady();
  if (now >= next_note_) {
    noteAll();
    if (missed_) missed_ = !guarded([this] { adopt(); });
    next_note_ = now + kNoteEvery;
  }
  if (now < next_sweep_) return;
  guarded([this] { removeOld(services_); });
  next_sweep_ = now + kSweepEvery;
}

void Executor::takeAll() {
  for (const Event& event : std::exchange(*inbox_->events.lock(), {})) {
    if (!guarded([&] { take(event); })) missed_ = true;
    if (event.number == 0) continue;
    const std::lock_guard lock(inbox_->sleep);
    --lines_;
    inbox_->woken.notify_all();
  }
}

void Executor::take(const Event& event) {
  const auto found = runs_.find(event.batch_id);
  const bool known = found != runs_.end();
  if (known && event.number == 0) return found->second->look();
  if (known) return found->second->take(event.number, event.answer);
  if (event.number == 0) adopt();
}

void Executor::noteAll() {
  for (const auto& entry : runs_) guarded([&] { entry.second->note(); });
}

bool Executor::stepAll() {
  bool more = false;
  for (auto at = runs_.begin(); at != runs_.end();) {
    Run& run = *at->second;
    guarded([&] { more = run.step() || more; });
    at = run.over() && run.underWay() == 0 ? runs_.erase(at) : std::next(at);
  }
  batches_ = static_cast<int64_t>(runs_.size());
  return more;
}

// One request of each batch in turn, so that a long one does not keep others waiting.
void Executor::beginLines() {
  size_t idle = 0;
  auto at = runs_.upper_bound(last_turn_);
  while (idle < runs_.size() && lines_ < static_cast<int64_t>(services_.options.lines_in_all)) {
    if (at == runs_.end()) at = runs_.begin();
    if (beginLine(*at->second)) {
      idle = 0;
      last_turn_ = at->first;
    } else {
      ++idle;
    }
    ++at;
  }
  // One that turned out to have no more requests is over.
  more_ = more_ ||
          std::ranges::any_of(runs_, [](const auto& entry) { return entry.second->mayFinish(); });
}

bool Executor::beginLine(Run& run) {
  auto job = run.next();
  if (!job) return false;
  ++lines_;
  runner_.run(
      run.origin(), std::move(job->body),
      [inbox = inbox_, id = run.origin()->batch_id, number = job->number](LineAnswer answer) {
        inbox->put({id, number, std::move(answer)});
      });
  return true;
}

SteadyTime Executor::wakeAt(SteadyTime now) const {
  if (more_) return now;
  SteadyTime at = runs_.empty() ? next_sweep_ : next_note_;
  for (const auto& [id, run] : runs_) {
    if (const auto paused = run->pausedUntil()) at = std::min(at, *paused);
  }
  return at;
}

void Executor::sleep(const std::stop_token& stop) {
  const SteadyTime until = wakeAt(services_.clock.steady());
  std::unique_lock lock(inbox_->sleep);
  inbox_->woken.wait_until(lock, stop, until, [this] { return !inbox_->events.lock()->empty(); });
}

}  // namespace penstock::executor
