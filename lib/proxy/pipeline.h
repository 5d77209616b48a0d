#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "budget/rate_limit.h"
#include "dialect/openai_encode.h"
#include "dialect/openai_request.h"
#include "dialect/openai_stream.h"
#include "http/exchange.h"
#include "json/splice.h"
#include "model/request_log.h"
#include "pricing/quote.h"
#include "proxy/admission.h"
#include "proxy/answer.h"
#include "proxy/extensions.h"
#include "proxy/loop_context.h"
#include "proxy/spending.h"
#include "routing/decide.h"

namespace penstock::proxy {

// The endpoint families that go through the pipeline.
enum class Endpoint : uint8_t { Chat, ChatDryRun, Embeddings };

// One proxy request, from arrival to log row:
//
//   authenticate → parse → admit → decide → reserve → attempt → respond → settle → record
//
// The first four are plain functions in order; reserve may wait for the ledger, once in many
// requests; an attempt is a call on the loop's client whose progress arrives as callbacks. settle
// and record run exactly once, on every way out: answered, failed, client gone, gateway stopping.
// Lives on one loop; owns itself while it runs.
class Pipeline final : public std::enable_shared_from_this<Pipeline>, private http::CallObserver {
 public:
  Pipeline(LoopContext& loop, http::ExchangePtr exchange, Endpoint endpoint);
  ~Pipeline() override;
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void run();

 private:
  // What the upstream's answer is taken for.
  enum class Receiving : uint8_t { Head, Whole, Stream, Error };

  // The steps, in order.
  Status authenticate();
  Status parse();
  Status admit();
  Status decide();
  void reserve();
  void attempt();

  // Takes the decision's candidate: its target and what its model costs.
  Status prepare();
  // Sets seller_ and quote_; the error is a model without a price where the project denies such.
  Status quoteCandidate(const Target& target, const routing::Candidate& candidate);
  pricing::PriceBook prices() const;
  // pipeline_budget.cpp: what the request may cost, and what becomes of it.
  Spending::Ask ask() const;
  std::optional<dialect::OutputLimit> outputLimit() const;
  pricing::RequestBound bound() const;
  void onLedger(const Status& ready);
  void downgrade();
  void answerRefusal();
  void charge();

  // Progress of the attempt.
  void onHead(const http::ResponseHead& head) override;
  void onData(std::string_view bytes) override;
  void onEnd() override;
  void onFailure(const http::Failure& failure) override;
  void onClientGone();

  // Answers.
  void addHeaders(http::Headers& headers);
  void answerDryRun();
  void answerWhole();
  void answerUpstreamError();
  void answerFailure(const ApiError& error, ClientRetry retry = ClientRetry::Default);
  void startStream();
  void forwardStream(std::string_view out);
  void endStream(const ApiError* broken);

  // What the attempt says about its provider; heard once an attempt. Not called when it says
  // nothing: the caller left, or the gateway stops.
  void judge(routing::OutcomeKind outcome);

  // Ends. finish() is the one way out. It comes before the answer's last byte, so that whoever has
  // the whole answer finds the request in the log.
  void finish(int status, std::string error_class);
  void release();
  bool retainsPayloads() const;
  void retainPayload(std::string_view out);
  void settle();
  void estimateUsage();
  bool isCutShort() const;
  void record();

  bool wantsStream() const { return request_ && request_->stream; }
  std::string traceJson() const;
  int64_t microsSinceArrival() const;

  // Constant after construction.
  LoopContext& loop_;
  const http::ExchangePtr exchange_;
  const Endpoint endpoint_;
  const SteadyTime arrived_;

  std::shared_ptr<Pipeline> self_;  // while the request is under way
  Caller caller_;
  Extensions extensions_;
  std::optional<dialect::OpenAiRequest> request_;
  std::optional<budget::RateDecision> rate_;
  std::optional<routing::Decision> decision_;
  json::Spliced body_;
  std::unique_ptr<http::Call> call_;
  Receiving receiving_ = Receiving::Head;
  // Whose prices hold, and what the candidate's model costs; both live as long as the snapshot.
  pricing::Seller seller_;
  pricing::Quote quote_;
  std::string model_key_;           // of the candidate, to budgets
  const Target* target_ = nullptr;  // of the candidate; valid until the loop's next target()
  Spending spending_;
  std::shared_ptr<routing::ProviderHealth> health_;  // of the provider, until it was judged
  int upstream_status_ = 0;
  std::optional<int64_t> upstream_retry_after_ms_;
  std::string response_;  // a whole answer or an error's body
  std::string response_type_;
  std::optional<dialect::StreamRelay> relay_;
  int64_t input_estimate_ = -1;  // taken when the request's bytes are let go of
  bool billable_ = false;        // the provider did something that it may bill
  bool counted_ = false;         // in Context::in_flight
  bool done_ = false;
  // The caller has its answer, and the upstream's last bytes are awaited so that its connection can
  // be used again.
  bool awaiting_end_ = false;
  model::RequestLog row_;
};

}  // namespace penstock::proxy
