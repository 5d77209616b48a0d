#include "proxy/chain.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"
#include "provider/failure.h"
#include "proxy/response_state.h"

namespace penstock::proxy {
namespace {

using Class = AttemptFailure::Class;
using When = routing::TargetHealth::When;
using std::chrono::milliseconds;

const config::RetryOn& retryOn(const routing::Candidate& candidate) {
  static const config::RetryOn kDefault;
  return candidate.rules == nullptr ? kDefault : candidate.rules->retry_on;
}

// With jitter, so that requests that failed together do not come back together.
int64_t backOff(int64_t base_ms, int retries) {
  const int64_t most = base_ms << std::min(retries, 6);
  return most / 2 + static_cast<int64_t>(fastRandom() % static_cast<uint64_t>(most / 2 + 1));
}

}  // namespace

Chain::Chain(const RequestScope& scope, const routing::Line& line, Listener& listener)
    : scope_(scope),
      line_(line),
      listener_(listener),
      places_(line.candidates.size()),
      wait_(scope.loop.loop, [this] { proceed(); }),
      total_(scope.loop.loop, [this] { runOut(); }),
      hedge_timer_(scope.loop.loop, [this] { hedge(); }) {}

Chain::~Chain() { cancel(); }

void Chain::start(const budget::Standing* downgraded_by) {
  downgraded_by_ = downgraded_by;
  scope_.loop.shared.retries.countRequest(scope_.row.created_at);
  if (!scope_.arriving()) armTimers();
  proceed();
}

void Chain::armTimers() {
  if (line_.total_budget_ms) {
    deadline_ = scope_.loop.loop.now() + milliseconds(*line_.total_budget_ms);
    total_.arm(*deadline_);
  }
  if (line_.hedge) {
    scope_.loop.countForHedges(scope_.row.routing_config_id);
    hedge_timer_.armIn(milliseconds(line_.hedge->after_ms));
  }
}

void Chain::feed() {
  if (over_) return;
  for (const auto& attempt : attempts_) attempt->feed();
  if (scope_.arriving()) return;
  armTimers();
  if (held_) proceed();
}

// Who has been sent half a request and failed may have been tired of waiting: the next is sent one
// that is whole.
bool Chain::waitsForCaller() const {
  return scope_.arriving() &&
         std::ranges::any_of(attempts_, [](const auto& attempt) { return attempt->called(); });
}

void Chain::cancel() {
  over_ = true;
  wait_.cancel();
  total_.cancel();
  hedge_timer_.cancel();
  for (const auto& attempt : attempts_) attempt->cancel();
}

void Chain::proceed() {
  if (over_ || won_) return;
  held_ = waitsForCaller();
  if (held_ || tryNext(Purpose::Serve) || over_) return;
  if (running() > 0) return;
  if (retryLater() || waitForBlocked()) return;
  conclude();
}

// Those that are ready in the line's order, then those that are not.
bool Chain::tryNext(Purpose purpose) {
  for (size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].state == Place::State::Untried && startAt(i, When::Ready, purpose)) return true;
    if (over_ || won_) return true;
  }
  for (size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].state == Place::State::Deferred && startAt(i, When::Anyway, purpose))
      return true;
    if (over_ || won_) return true;
  }
  return false;
}

bool Chain::startAt(size_t place, When when, Purpose purpose) {
  const routing::Candidate& candidate = line_.candidates[place];
  // How the gateway's credential stands says nothing of the caller's own.
  if (!scope_.extensions.provider_key.empty()) {
    launch(place, {}, purpose);
    return true;
  }
  routing::TargetHealth& health = scope_.loop.health(*candidate.provider, candidate.model);
  routing::Permit permit = health.begin(when, scope_.loop.shared.clock.now());
  if (!permit) {
    places_[place].state = Place::State::Deferred;
    return false;
  }
  launch(place, std::move(permit), purpose);
  return true;
}

void Chain::launch(size_t place, routing::Permit permit, Purpose purpose) {
  places_[place].state = Place::State::Failed;  // until it has served
  auto attempt = std::make_shared<Attempt>(scope_, line_.candidates[place],
                                           static_cast<Attempt::Listener*>(this));
  attempts_.push_back(attempt);
  attempt_places_.push_back(place);
  attempt->start({.permit = std::move(permit),
                  .downgraded_by = downgraded_by_,
                  .timeout_ms = timeoutOf(line_.candidates[place]),
                  .hedge = purpose == Purpose::Hedge});
}

std::optional<int64_t> Chain::timeoutOf(const routing::Candidate& candidate) const {
  if (candidate.timeout_ms) return candidate.timeout_ms;
  // The first event of a picture may be the whole of it, and take minutes.
  const bool streams =
      scope_.reply == Reply::Stream && scope_.request.stream && scope_.media == nullptr;
  if (!streams || line_.candidates.size() < 2) return std::nullopt;
  return scope_.loop.shared.options.chain_timeout_ms;
}

int64_t Chain::leftMillis() const {
  if (!deadline_) return std::numeric_limits<int64_t>::max();
  return std::chrono::duration_cast<milliseconds>(*deadline_ - std::chrono::steady_clock::now())
      .count();
}

// Everything has failed: again at the one that is worth it soonest.
bool Chain::retryLater() {
  const ProxyOptions& options = scope_.loop.shared.options;
  if (retries_ >= options.max_retries) return false;
  const int64_t back_off = backOff(options.retry_base_ms, retries_);
  Place* soonest = nullptr;
  int64_t wait = 0;
  for (Place& place : places_) {
    if (place.state != Place::State::Failed || !place.may_retry) continue;
    const int64_t after = std::max(place.retry_after_ms, back_off);
    if (soonest != nullptr && after >= wait) continue;
    soonest = &place;
    wait = after;
  }
  if (soonest == nullptr || wait > options.max_wait_ms || wait >= leftMillis()) return false;
  if (!scope_.loop.shared.retries.tryRetry(scope_.loop.shared.clock.now())) return false;
  ++retries_;
  soonest->state = Place::State::Deferred;
  soonest->may_retry = false;
  wait_.armIn(milliseconds(wait));
  return true;
}

// Nothing could be asked: all are blocked. Waits for the first to be free, if that is soon.
bool Chain::waitForBlocked() {
  const UnixMillis now = scope_.loop.shared.clock.now();
  std::optional<UnixMillis> until;
  const char* reason = "";
  for (size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].state != Place::State::Deferred) continue;
    const routing::Candidate& candidate = line_.candidates[i];
    const auto view = scope_.loop.health(*candidate.provider, candidate.model).view(now);
    if (until && view.until >= *until) continue;
    until = view.until;
    reason = view.reason;
  }
  if (!until) return false;
  const int64_t wait = std::max<int64_t>(*until - now, 10);
  if (!std::exchange(waited_, true) && wait <= scope_.loop.shared.options.max_wait_ms &&
      wait < leftMillis()) {
    wait_.armIn(milliseconds(wait));
    return true;
  }
  if (last_failure_ && last_failure_->kind != Class::Budget) return false;
  last_failure_.emplace();
  last_failure_->kind = Class::Rate;
  last_failure_->error = {ErrorKind::RateLimited, "upstream_rate_limited",
                          fmt::format("no provider takes requests now: {}", reason)};
  last_failure_->error.retry_after_ms = wait;
  return false;
}

void Chain::conclude() {
  if (std::exchange(over_, true)) return;
  if (!last_failure_) {
    last_failure_.emplace();
    last_failure_->error = {ErrorKind::UpstreamFailed, "all_attempts_failed",
                            "no target is left to try"};
  }
  wait_.cancel();
  total_.cancel();
  hedge_timer_.cancel();
  listener_.onChainFailed(*this);
}

void Chain::runOut() {
  if (over_ || won_) return;
  AttemptFailure failure;
  failure.kind = Class::Timeout;
  failure.error = {
      ErrorKind::UpstreamTimeout, "upstream_timeout",
      fmt::format("no answer within the total budget of {} ms", *line_.total_budget_ms)};
  for (const auto& attempt : attempts_) attempt->timeOut(failure.error.message);
  last_failure_ = std::move(failure);
  conclude();
}

// The first content is late: another target may have it sooner.
void Chain::hedge() {
  if (over_ || won_ || running() != 1) return;
  const std::string& config = scope_.row.routing_config_id;
  if (!scope_.loop.takeHedge(config, line_.hedge->max_pct)) return;
  if (!scope_.loop.shared.retries.tryRetry(scope_.loop.shared.clock.now())) return;
  if (!tryNext(Purpose::Hedge)) startAt(attempt_places_.back(), When::Ready, Purpose::Hedge);
}

size_t Chain::running() const {
  return static_cast<size_t>(
      std::ranges::count_if(attempts_, [](const auto& attempt) { return !attempt->ended(); }));
}

Chain::Place& Chain::placeOf(const Attempt& attempt) {
  const auto found =
      std::ranges::find_if(attempts_, [&](const auto& one) { return one.get() == &attempt; });
  return places_[attempt_places_[static_cast<size_t>(found - attempts_.begin())]];
}

// After a prompt that was too long for one model, those that take no more are of no use.
void Chain::ruleOut(const AttemptFailure& failure, const routing::Candidate& of) {
  if (failure.kind != Class::Shape) return;
  const auto window_of = [this](const routing::Candidate& candidate) {
    return scope_.loop.contextWindow(*scope_.caller.snapshot, *candidate.provider, candidate.model,
                                     scope_.row.created_at);
  };
  const auto window = window_of(of);
  for (size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].state == Place::State::Failed) continue;
    const auto other = window_of(line_.candidates[i]);
    if (window && other && *other <= *window) places_[i].state = Place::State::Ruled;
  }
}

void Chain::onFailed(Attempt& attempt) {
  if (over_) return;
  const AttemptFailure& failure = attempt.failure();
  // A hedge is not worth giving up the call that is under way: to it such a budget blocks.
  if (attempt.isDowngraded() && running() == 0) {
    winner_ = &attempt;
    over_ = true;
    return listener_.onChainDowngraded(*this);
  }
  // What a provider said counts more than what a budget did not let it be asked.
  const bool tells = !last_failure_ || failure.kind != Class::Budget;
  if (tells) {
    last_failure_ = failure;
    if (!won_) winner_ = &attempt;
  }
  Place& place = placeOf(attempt);
  if (attempt.namesPrevious() && failure.refusal && provider::saysLost(*failure.refusal)) {
    scope_.state->forgetHolder();
    place.state = Place::State::Untried;  // it is told the history then
    if (running() == 0) proceed();
    return;
  }
  place.may_retry = isPassing(failure);
  place.retry_after_ms = failure.retry_after_ms.value_or(0);
  ruleOut(failure, attempt.candidate());
  if (!goesOn(failure, retryOn(attempt.candidate()))) {
    for (const auto& other : attempts_) other->cancel();
    return conclude();
  }
  proceed();
}

// Whether it is the one that serves; the first that has something to say does.
bool Chain::win(Attempt& attempt) {
  if (won_) return winner_ == &attempt;
  won_ = true;
  winner_ = &attempt;
  wait_.cancel();
  total_.cancel();
  hedge_timer_.cancel();
  for (const auto& other : attempts_) {
    if (other.get() != &attempt) other->cancel();
  }
  return true;
}

void Chain::onWhole(Attempt& attempt) {
  if (over_ || !win(attempt)) return;
  over_ = true;
  listener_.onChainWhole(*this);
}

void Chain::onStream(Attempt& attempt, std::string_view bytes) {
  if (over_ || !win(attempt)) return;
  listener_.onChainStream(*this, bytes);
}

void Chain::onStreamEnd(Attempt& attempt, const ApiError* broken, bool told) {
  if (over_ || !win(attempt)) return;
  over_ = true;
  listener_.onChainStreamEnd(*this, broken, told);
}

void Chain::onIdle(Attempt& attempt) {
  if (&attempt == winner_) listener_.onChainIdle(*this);
}

std::vector<const Attempt*> calledAttempts(std::span<const std::unique_ptr<Chain>> chains) {
  std::vector<const Attempt*> called;
  for (const auto& chain : chains) {
    for (const auto& attempt : chain->attempts()) {
      if (attempt->called()) called.push_back(attempt.get());
    }
  }
  std::ranges::sort(called, {}, &Attempt::number);
  return called;
}

}  // namespace penstock::proxy
