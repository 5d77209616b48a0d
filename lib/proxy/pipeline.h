#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "budget/rate_limit.h"
#include "dialect/chat_view.h"
#include "http/exchange.h"
#include "model/request_log.h"
#include "proxy/admission.h"
#include "proxy/answer.h"
#include "proxy/attempt.h"
#include "proxy/caching.h"
#include "proxy/chain.h"
#include "proxy/extensions.h"
#include "proxy/gathering.h"
#include "proxy/guarding.h"
#include "proxy/loop_context.h"
#include "proxy/request_files.h"
#include "proxy/response_state.h"
#include "proxy/token_counting.h"
#include "routing/decide.h"

namespace penstock::proxy {

// One proxy request, from arrival to log row:
//
//   authenticate → parse → admit → fetch files → recall → guard → decide → cache → serve (attempts:
//   reserve → call → settle) → guard → respond → record
//
// The first three are plain functions in order; recall and the files may ask the store, guard a
// webhook, and the rest waits for it.
// A Chain, or what gathers the answers of several, makes the attempts, and reports what leaves.
// Where a recording is still arriving, parse and what follows may begin with what stands before it.
// record runs exactly once, on every way out: answered, failed, client gone, gateway stopping;
// every attempt has settled by then. Lives on one loop; owns itself while it runs.
class Pipeline final : public std::enable_shared_from_this<Pipeline>, private Gathering::Listener {
 public:
  // `known`: who asks, where that is settled already, as of a batch's requests; else the request's
  // key says it.
  Pipeline(LoopContext& loop, http::ExchangePtr exchange, Endpoint endpoint,
           dialect::Dialect dialect = dialect::Dialect::OpenAi, Caller known = {});
  ~Pipeline() override;
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void run();

 private:
  void begin();
  void live();
  void openScope();
  dialect::GeminiFraming framing() const;
  // The steps, in order.
  Status authenticate();
  Status parse();
  Status parseBody();
  Status parseState();
  Status parseMediaBody(dialect::MediaKind kind);
  Result<dialect::MediaRequest> readMedia(dialect::MediaKind kind) const;
  dialect::MediaLimits mediaLimits() const;
  std::string_view contentType() const;
  Status describe();
  Status admit();
  // Of a form that is still arriving.
  void awaitBody();
  void onBody(const Status& came);
  void goAhead();
  void onWholeBody();
  void startOver();
  void recall();
  void onRecalled(const Status& recalled);
  void fetchFiles();
  void onFiles(const Status& fetched);
  void fetchHistoryFiles();
  void onHistoryFiles(const Status& fetched);
  Result<bool> namesFiles();
  Status putFiles();
  template <typename Pool>
  void work(Pool& pool, std::function<Status()> task, void (Pipeline::*then)(const Status&));
  bool keepsResponse() const;
  bool keepsNothingUnasked() const;
  void keepResponse(std::string_view object, const Attempt& by);
  void keepReplayed(std::string_view events);
  Status decide(std::string_view model);
  Status fitOwnKey(routing::Decision& decision);
  bool serveKept();
  void guard();
  void checkRequest();
  std::string guardedBody() const;
  Status rewriteBody(std::string checked);
  void proceed();
  void serve();
  Status checkGatherable() const;
  void cancelChains();

  // What became of the attempts.
  void onChainStream(Chain& chain, std::string_view bytes) override;
  void onChainStreamEnd(Chain& chain, const ApiError* broken, bool told) override;
  void onChainWhole(Chain& chain) override;
  void onChainFailed(Chain& chain) override;
  void onChainDowngraded(Chain& chain) override;
  void onChainIdle(Chain& chain) override;
  void onGathered(Attempt& winner, std::string body) override;
  void onGatheringTimedOut(const ApiError& error) override;
  void onClientGone();

  // Answers.
  void addHeaders(http::Headers& headers);
  enum class Made : uint8_t { ByProvider, Here };
  void deliver(std::string answer, const std::string& content_type, Made made);
  void answerDryRun();
  void countTokens();
  void answerTokenCount(std::optional<TokenCounting::Count> count);
  void answerWhole(std::string body, const std::string& content_type);
  void answerReplay(std::string_view body);
  void answerKept(const cache::KeptAnswer& kept);
  void leaveInCache(const Attempt& by, std::string body);
  void answerRefusal(const AttemptFailure& failure);
  void answerBudgetRefusal();
  void answerRuledOut();
  void answerFailure(const ApiError& error, ClientRetry retry = ClientRetry::Default);
  void startStream();

  // Ends. finish() is the one way out. It comes before the answer's last byte, so that whoever has
  // the whole answer finds the request in the log.
  void finish(int status, std::string error_class);
  void release();
  bool retainsPayloads() const;
  void retainPayload(std::string_view out);
  std::string requestPayload() const;
  bool isRetainable(std::string_view content_type) const;
  void collect();
  void collectServed(const Attempt& attempt);
  void collectBill(const Attempt& attempt);
  void collectSums();
  void record();

  // The request as it is gone on with: guardrails may have rewritten it.
  std::string_view body() const {
    return rewritten_ ? std::string_view(*rewritten_) : exchange_->request().body;
  }
  // Sound and pictures hold nothing that a guardrail reads.
  bool guardsAnswers() const {
    return guarding_ && guarding_->checksAnswers() &&
           (media() == nullptr || dialect::makesText(media()->kind));
  }
  // Of callers of Responses, once it is parsed.
  dialect::ResponsesRequest& responsesRequest() const {
    return static_cast<dialect::ResponsesRequest&>(*request_);
  }
  // The request of a media endpoint, once it is parsed; else null.
  const dialect::MediaRequest* media() const {
    const bool is_media = request_ != nullptr && mediaKindOf(endpoint_).has_value();
    return is_media ? static_cast<const dialect::MediaRequest*>(request_.get()) : nullptr;
  }
  const routing::Decision& decision() const { return *decisions_.back(); }
  Chain* chain() { return chains_.empty() ? nullptr : chains_.back().get(); }
  const Attempt* served() const;
  const Spending& spending() const;
  // A stream that we may have to make; one of media is the provider's or none.
  bool wantsStream() const { return request_ && request_->stream && media() == nullptr; }
  // `serving`: whose stream is about to end; null: the chains know who served.
  model::DecisionTrace traceOf(const Attempt* serving) const;
  std::string traceJson(const Attempt* serving = nullptr) const;
  int64_t microsSinceArrival() const;

  // Constant after construction.
  LoopContext& loop_;
  const http::ExchangePtr exchange_;
  const Endpoint endpoint_;
  const dialect::Dialect dialect_;  // the caller's
  const SteadyTime arrived_;
  const bool known_;  // who asks was

  std::shared_ptr<Pipeline> self_;  // while the request is under way
  Caller caller_;
  Extensions extensions_;
  std::unique_ptr<dialect::ChatView> request_;
  std::optional<TypedRequest> typed_;
  std::optional<Guarding> guarding_;  // where the project has guardrails
  std::optional<std::string> rewritten_;
  std::optional<std::string> named_body_;  // before files were put in, for the log
  // Of callers of Responses.
  std::optional<ResponseState> state_;
  std::string responses_echo_;
  std::optional<RequestFiles> files_;  // where the request names any
  // Of a caller with a key of its own: whom it is for, once that is decided.
  const model::Provider* own_key_for_ = nullptr;
  std::optional<budget::RateDecision> rate_;
  // A budget that downgrades has a second one made; attempts refer to the one that they are of.
  std::vector<std::unique_ptr<const routing::Decision>> decisions_;
  model::RequestLog row_;
  std::optional<CacheUse> cache_use_;
  std::optional<RequestScope> scope_;
  // Of ensembles and cascades; the last one makes the answer. Chains refer to the one they are of.
  std::vector<std::unique_ptr<Gathering>> gatherings_;
  Gathering* gathering_ = nullptr;  // null: a single chain makes it
  std::deque<std::string> past_config_ids_;
  std::vector<Spending*> spendings_;  // see RequestScope
  std::vector<std::unique_ptr<Chain>> chains_;
  size_t calls_ = 0;                 // see RequestScope
  const Attempt* served_ = nullptr;  // where it is not the last chain's
  std::optional<Attempt> rehearsal_;
  std::shared_ptr<TokenCounting> counting_;
  bool early_ = false;    // served since before its body was whole
  size_t look_at_ = 1;    // so much of a body: whether that can be
  bool counted_ = false;  // in Context::in_flight
  bool collected_ = false;
  bool done_ = false;
  // The caller has its answer, and the upstream's last bytes are awaited so that its connection can
  // be used again.
  bool awaiting_end_ = false;
};

}  // namespace penstock::proxy
