#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/chat_stream.h"
#include "dialect/openai_encode.h"
#include "dialect/openai_stitch.h"
#include "http/client.h"
#include "http/loop.h"
#include "model/decision.h"
#include "model/request_log.h"
#include "pricing/quote.h"
#include "provider/call.h"
#include "provider/credential.h"
#include "proxy/attempt_failure.h"
#include "proxy/request_scope.h"
#include "proxy/spending.h"
#include "proxy/wire.h"
#include "routing/decision.h"

namespace penstock::proxy {

// One call to one candidate: reserve → call → receive → settle. Reports to its listener; after
// onFailed, onWhole or onStreamEnd nothing more comes. Ends once, however: answered, failed, or
// cancelled; what the provider did is paid for then. Lives on one loop.
class Attempt final : private http::CallObserver, public std::enable_shared_from_this<Attempt> {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // It did not serve, and nothing of it has reached the caller.
    virtual void onFailed(Attempt& attempt) = 0;
    // The answer is whole: see body().
    virtual void onWhole(Attempt& attempt) = 0;
    // Bytes for the caller; the first come with the first content.
    virtual void onStream(Attempt& attempt, std::string_view bytes) = 0;
    // The stream is over: null means well. An error that the caller has been told already (the
    // provider's own event) has `told` set.
    virtual void onStreamEnd(Attempt& attempt, const ApiError* broken, bool told) = 0;
    // After its end: nothing is awaited of the upstream any more (see awaitingEnd()).
    virtual void onIdle(Attempt& attempt) = 0;
  };

  // Without a listener only rehearse() may be called.
  Attempt(const RequestScope& scope, const routing::Candidate& candidate, Listener* listener);
  ~Attempt() override;

  struct Options {
    routing::Permit permit;  // for the target; empty: it is not judged
    // The budget that sent the request here; null: none did, and budgets that downgrade bind it.
    const budget::Standing* downgraded_by = nullptr;
    std::optional<int64_t> timeout_ms;  // to the first content, or to a whole answer
    bool hedge = false;
  };
  // May report before it returns.
  void start(Options options);
  // More of an arriving request is there, or the last of it: what an attempt takes counts from
  // then.
  void feed();
  // Ends the call at once, without a report; what was produced is paid for.
  void cancel();
  // The same where all attempts together took too long: says so in the trace.
  void timeOut(const std::string& why);

  // Backpressure of a stream.
  void pause();
  void resume();
  // The upstream's last bytes are awaited so that its connection can be used again.
  bool awaitingEnd() const { return ended_ && call_ != nullptr; }
  // Whether the provider has been sent all of the request.
  bool sent() const { return called_ && (call_ == nullptr || call_->sent()); }
  // No one reads the request's bytes again: a long stream lets go of them. Once they are sent.
  void forgetRequest();

  const routing::Candidate& candidate() const { return candidate_; }
  bool called() const { return called_; }  // the provider was asked
  // Its place among the request's attempts whose provider was asked, from 0.
  size_t number() const { return number_; }
  bool ended() const { return ended_; }
  bool hasContent() const { return relay_ && relay_->released(); }
  // Its answer streams, and is nothing that an error could be put into.
  bool relaysBytes() const { return relay_ && !relay_->knowsItsEnd(); }
  std::string& body() { return answer_; }  // of a whole answer
  const std::string& contentType() const { return response_type_; }
  // Of the event that the caller is sent next, in dialects that number them.
  int64_t nextSequence() const { return relay_ ? relay_->nextSequence() : 0; }
  // The whole answer that a stream came to, if RequestScope wants it; empty when there is none.
  std::string stitched() const { return stitch_ ? stitch_->finish() : std::string(); }
  // The response that ended a stream, once, if RequestScope wants it kept; empty: not yet.
  std::string takeResponse() { return relay_ ? relay_->takeResponse() : std::string(); }
  // Its answer is the caller's as the provider made it.
  bool passesThrough() const { return wire_ && wire_->passesThrough(); }
  // It named a response that its provider was to hold.
  bool namesPrevious() const { return wire_ && wire_->namesPrevious(); }
  const AttemptFailure& failure() const { return *failure_; }
  // A budget refused or downgrades it: see spending().enforced().
  bool isDowngraded() const { return downgraded_; }
  const Spending& spending() const { return spending_; }
  // What its target cannot express of the request and was left out, by name; empty: nothing.
  std::string dropped() const { return wire_ ? wire_->dropped() : std::string(); }
  // How it went; complete once it has ended.
  const model::Attempt& record() const { return record_; }

  // What it came to; complete once it has ended.
  struct Bill {
    model::Usage usage;
    pricing::Cost cost;
    model::PriceBasis basis = model::PriceBasis::Unknown;
    std::string catalogue_version, service_tier, charge;
    Money reserved;
    model::Settlement settlement = model::Settlement::None;
    std::string settlement_reason;
    std::string model;  // as the provider names what it served
    std::optional<std::string> byok_fingerprint;
  };
  const Bill& bill() const { return bill_; }

  // Finds the target and its price, and asks the budgets without reserving: a dry run.
  Status rehearse();

 private:
  // What the upstream's answer is taken for.
  enum class Receiving : uint8_t { Head, Whole, Stream, Error };

  Status prepare();
  void reserve();
  void onLedger(const Status& ready);
  void call();
  void onCredential(const Result<provider::Credential>& credential);
  void send(const provider::Credential& credential);
  http::Timeouts timeouts() const;
  std::string_view accepts() const;
  void armTimer();
  void onTimer();
  void markStart();

  // attempt_answer.cpp
  void onHead(const http::ResponseHead& head) override;
  void onData(std::string_view bytes) override;
  void onEnd() override;
  void onFailure(const http::Failure& failure) override;
  void receiveMedia(bool events);
  void finishWhole();
  void finishError();
  void forward(std::string_view out);
  void passOn(std::string_view out);
  void endRefused(std::string_view out);
  void endStream(const ApiError* broken, bool told);

  void fail(AttemptFailure failure);
  bool isCallersDoing(routing::OutcomeKind outcome) const;
  void judge(routing::OutcomeKind outcome);
  void giveUp(std::string_view status);
  void end(std::string_view status);
  void idle();

  // attempt_money.cpp: what it may cost, and what it did.
  pricing::PriceBook prices() const;
  Status quote();
  Spending::Ask ask() const;
  pricing::RequestBound bound() const;
  std::optional<dialect::OutputLimit> outputLimit() const;
  void settle();
  void estimateUsage();
  int64_t unseenTokens(int64_t seen) const;
  bool mayThinkUnseen() const;
  bool isWhole() const;
  std::string askedTier() const;
  bool isCutShort() const;
  void charge();

  bool streams() const { return scope_.reply == Reply::Stream && scope_.request.stream; }
  int64_t micros() const;  // since it started
  std::string providerName() const { return candidate_.provider->vendor; }

  // Constant after construction.
  const RequestScope& scope_;
  const routing::Candidate& candidate_;
  Listener* const listener_;

  Options options_;
  SteadyTime started_;
  std::shared_ptr<const Target> target_;
  // Whose prices hold, and what the candidate's model costs; both live as long as the snapshot.
  pricing::Seller seller_;
  pricing::Quote quote_;
  std::string model_key_;  // to budgets
  Spending spending_;
  provider::UpstreamCall upstream_call_;  // until it is sent
  std::unique_ptr<Wire> wire_;            // once it is to be called
  std::unique_ptr<http::Call> call_;
  http::Timer timer_;
  Receiving receiving_ = Receiving::Head;
  int upstream_status_ = 0;
  std::optional<int64_t> retry_after_ms_;
  std::string error_type_;  // as AWS says it in a header
  std::string head_tier_;   // of service, as Gemini says it in a header
  std::string response_;    // a whole answer or an error's body, as the provider sent it
  bool whole_ = false;      // a whole answer has come to its end
  std::string answer_;      // a whole answer as the caller gets it
  std::string response_type_;
  std::optional<dialect::OpenAiStitch> stitch_;
  std::unique_ptr<dialect::ChatStream> relay_;  // of an answer that streams
  int64_t answering_us_ = -1;                   // since it started; -1: thinking, or silent
  // Taken when the request's bytes are let go of.
  int64_t input_estimate_ = -1;
  std::optional<bool> may_think_;
  bool called_ = false;
  size_t fed_ = 0;  // of an arriving request's bytes
  size_t number_ = 0;
  bool billable_ = false;  // the provider did something that it may bill
  bool ended_ = false;
  bool downgraded_ = false;
  std::optional<AttemptFailure> failure_;
  model::Attempt record_;
  Bill bill_;
};

}  // namespace penstock::proxy
