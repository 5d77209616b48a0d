#include "routing/breaker.h"

#include <algorithm>

namespace penstock::routing {
namespace {

constexpr int64_t kEnoughAttempts = 10;
constexpr int64_t kFirstWait = 30'000;
constexpr int64_t kLongestWait = 300'000;

bool shouldOpen(const AttemptWindow::Counts& counts) {
  const int64_t attempts = counts.successes + counts.faults;
  return attempts >= kEnoughAttempts && counts.faults * 2 >= attempts;
}

}  // namespace

Standing Breaker::standing(UnixMillis now) const {
  const UnixMillis until = open_until_.load(std::memory_order_acquire);
  if (until == 0) return {};
  if (now < until) return {Readiness::Last, until, "breaker open"};
  if (probing_.load(std::memory_order_relaxed)) {
    return {Readiness::Last, 0, "breaker open, a probe is under way"};
  }
  return {Readiness::Probe, 0, "breaker open, to be probed"};
}

Breaker::Pass Breaker::pass(UnixMillis now) {
  const UnixMillis until = open_until_.load(std::memory_order_acquire);
  if (until == 0) return Pass::Plain;
  if (now < until || probing_.exchange(true)) return Pass::Anyway;
  return Pass::Probe;
}

void Breaker::giveBack(Pass pass) {
  if (pass == Pass::Probe) probing_ = false;
}

void Breaker::record(const Attempt& attempt, const AttemptWindow& attempts, UnixMillis now) {
  if (attempt.pass == Pass::Plain) return recordPlain(attempt, attempts, now);
  const bool ill = isFault(attempt.kind) || attempt.kind == OutcomeKind::Overloaded;
  if (attempt.kind == OutcomeKind::Success) {
    if (open()) close(now);
  } else if (attempt.pass == Pass::Probe && ill) {
    openFor(std::min(wait_ms_ * 2, kLongestWait), now);
  }
  giveBack(attempt.pass);  // last: whoever takes the place now sees what became of this one
}

void Breaker::recordPlain(const Attempt& attempt, const AttemptWindow& attempts, UnixMillis now) {
  if (open() || attempt.began_at < closed_at_) return;
  if (attempt.kind == OutcomeKind::Success) faults_in_row_ = 0;
  if (!isFault(attempt.kind)) return;
  if (faults_in_row_ == 0 || now - row_began_at_ >= AttemptWindow::kLength) {
    faults_in_row_ = 0;
    row_began_at_ = now;
  }
  ++faults_in_row_;
  if (faults_in_row_ >= kEnoughAttempts || shouldOpen(attempts.countsSince(closed_at_, now))) {
    openFor(kFirstWait, now);
  }
}

void Breaker::close(UnixMillis now) {
  closed_at_ = now;
  faults_in_row_ = 0;
  open_until_.store(0, std::memory_order_release);
}

void Breaker::openFor(int64_t wait_ms, UnixMillis now) {
  wait_ms_ = wait_ms;
  open_until_.store(now + wait_ms, std::memory_order_release);
}

}  // namespace penstock::routing
