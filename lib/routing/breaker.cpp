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

void Breaker::record(Pass pass, OutcomeKind kind, const AttemptWindow& attempts, UnixMillis now) {
  if (pass == Pass::Plain) {
    if (open() || !isFault(kind)) return;
    if (shouldOpen(attempts.countsSince(closed_at_, now))) openFor(kFirstWait, now);
    return;
  }
  if (kind == OutcomeKind::Success) {
    if (open()) close(now);
  } else if (pass == Pass::Probe && (isFault(kind) || kind == OutcomeKind::Overloaded)) {
    openFor(std::min(wait_ms_ * 2, kLongestWait), now);
  }
  giveBack(pass);  // last: whoever takes the place now sees what became of this one
}

void Breaker::close(UnixMillis now) {
  closed_at_ = now;
  open_until_.store(0, std::memory_order_release);
}

void Breaker::openFor(int64_t wait_ms, UnixMillis now) {
  wait_ms_ = wait_ms;
  open_until_.store(now + wait_ms, std::memory_order_release);
}

}  // namespace penstock::routing
