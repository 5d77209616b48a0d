#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/loop.h"
#include "proxy/attempt.h"
#include "routing/decision.h"

namespace penstock::proxy {

// Tries a line's candidates until one serves the request:
//
//   - in the line's order, those that are not ready last; one that its provider has blocked is not
//     asked before its time
//   - after a failure that the rules let pass, the next; when none is left, one that failed for a
//     reason that passes is tried again after a while, as the retry budget allows
//   - beside an attempt whose first content is late, a second one, if the line hedges
//   - until the first byte of an answer has left: from then on there is no other
//
// Lives on one loop; its attempts stay until it goes.
class Chain final : private Attempt::Listener {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void onChainStream(Chain& chain, std::string_view bytes) = 0;
    virtual void onChainStreamEnd(Chain& chain, const ApiError* broken, bool told) = 0;
    virtual void onChainWhole(Chain& chain) = 0;
    // Nobody served: see lastFailure().
    virtual void onChainFailed(Chain& chain) = 0;
    // A budget sends the request elsewhere from now on: see winner().spending().enforced().
    virtual void onChainDowngraded(Chain& chain) = 0;
    virtual void onChainIdle(Chain& chain) = 0;
  };

  Chain(const RequestScope& scope, const routing::Line& line, Listener& listener);
  ~Chain() override;

  // `downgraded_by`: as in Attempt::Options.
  void start(const budget::Standing* downgraded_by);
  // Ends what is under way without a report.
  void cancel();
  // More of an arriving request is there, or the last of it.
  void feed();

  // The attempt that serves, or the last that did not; null when none was started.
  Attempt* winner() { return winner_; }
  const Attempt* winner() const { return winner_; }
  const std::vector<std::shared_ptr<Attempt>>& attempts() const { return attempts_; }
  // Why nobody served.
  const AttemptFailure& lastFailure() const { return *last_failure_; }
  // Whether an attempt has content, or a whole answer.
  bool served() const { return won_; }
  bool awaitingEnd() const { return winner_ != nullptr && winner_->awaitingEnd(); }

 private:
  // A candidate's place in the line, and what became of it.
  struct Place {
    enum class State : uint8_t { Untried, Deferred, Failed, Ruled };
    State state = State::Untried;
    bool may_retry = false;
    int64_t retry_after_ms = 0;
  };

  void armTimers();
  bool waitsForCaller() const;
  void proceed();
  enum class Purpose : uint8_t { Serve, Hedge };
  bool tryNext(Purpose purpose);
  bool startAt(size_t place, routing::TargetHealth::When when, Purpose purpose);
  void launch(size_t place, routing::Permit permit, Purpose purpose);
  bool retryLater();
  bool waitForBlocked();
  void conclude();
  void runOut();
  std::optional<int64_t> timeoutOf(const routing::Candidate& candidate) const;
  int64_t leftMillis() const;
  void hedge();
  Place& placeOf(const Attempt& attempt);
  void ruleOut(const AttemptFailure& failure, const routing::Candidate& of);
  bool win(Attempt& attempt);
  size_t running() const;

  void onFailed(Attempt& attempt) override;
  void onWhole(Attempt& attempt) override;
  void onStream(Attempt& attempt, std::string_view bytes) override;
  void onStreamEnd(Attempt& attempt, const ApiError* broken, bool told) override;
  void onIdle(Attempt& attempt) override;

  const RequestScope& scope_;
  const routing::Line& line_;
  Listener& listener_;

  const budget::Standing* downgraded_by_ = nullptr;
  std::vector<Place> places_;
  std::vector<std::shared_ptr<Attempt>> attempts_;
  std::vector<size_t> attempt_places_;  // by attempt
  Attempt* winner_ = nullptr;
  bool won_ = false;   // winner_ serves
  bool over_ = false;  // it was reported
  int retries_ = 0;
  bool waited_ = false;  // for what was blocked
  bool held_ = false;    // goes on when the request is whole
  std::optional<AttemptFailure> last_failure_;
  std::optional<SteadyTime> deadline_;
  http::Timer wait_;         // for the next try
  http::Timer total_;        // for all of it
  http::Timer hedge_timer_;  // for the first content
};

// Those of the chains' attempts whose provider was asked, in the order in which they were
// (Attempt::number()).
std::vector<const Attempt*> calledAttempts(std::span<const std::unique_ptr<Chain>> chains);

}  // namespace penstock::proxy
