#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batch/desk.h"
#include "budget/rate_limit.h"
#include "dialect/dialect.h"
#include "http/client.h"
#include "http/exchange.h"
#include "model/request_log.h"
#include "proxy/admission.h"
#include "proxy/answer.h"
#include "proxy/attempt_failure.h"
#include "proxy/call_record.h"
#include "proxy/extensions.h"
#include "proxy/loop_context.h"
#include "proxy/relay_operation.h"
#include "proxy/spending.h"

namespace penstock::proxy {

// One request for files or batches, from arrival to log row:
//
//   authenticate → admit → find or plan (on the desk's threads) → reserve → call → keep → respond →
//   record
//
// The caller speaks the provider's own API, and what it sends and gets is passed through; of it,
// whose an object is and what a batch costs is kept at the desk. What no provider takes is kept and
// executed here, and instead of the call the executor's shelf is asked. Like a Pipeline, one object
// a request, on one loop, owning itself while it runs; record runs once on every way out.
class Relay final : private http::CallObserver, public std::enable_shared_from_this<Relay> {
 public:
  Relay(LoopContext& loop, http::ExchangePtr exchange, RelayOperation operation);
  ~Relay() override;
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  void run();

 private:
  // relay.cpp: what comes before the call.
  Status authenticate();
  Status admit();
  Status check() const;
  void create();
  void createFile();
  void onUploaded();
  void createBatch();
  void find(model::ObjectKind kind, std::string id, void (Relay::*then)());
  void onFound();
  void onInputFile();
  void onPlanned();
  void list();
  void onListed();
  Status checkModels() const;
  void reserve();
  void work(std::function<Status()> task, void (Relay::*then)());
  batch::Desk::Wanted wanted(model::ObjectKind kind) const;
  batch::Pricing pricing() const;

  // relay_local.cpp: what is kept here.
  Status keepFileHere(const Upload& upload);
  void makeBatchHere();
  void makeMessageBatchHere();
  void onFoundHere();
  void cancelHere();
  void deleteHere();
  void openContent();
  void startContent();
  void readBlock();
  void onBlock();
  void answerObjectHere();

  // relay_call.cpp
  void call();
  void onCredential(const Result<provider::Credential>& credential);
  void send(const provider::Credential& credential);
  void onHead(const http::ResponseHead& head) override;
  void onData(std::string_view bytes) override;
  void onEnd() override;
  void onFailure(const http::Failure& failure) override;
  void takeObject();

  // relay_answer.cpp
  void onGone();
  void startStream(const http::ResponseHead& head);
  void answerObject();
  void answerFailure(AttemptFailure failure);
  void answerError(const ApiError& error, ClientRetry retry = ClientRetry::Default);
  void answerBudgetRefusal();
  void respond(http::Response response, std::string error_class);
  void addHeaders(http::Headers& headers);
  void finish(int status, std::string error_class);
  int64_t microsSinceArrival() const;
  const Spending& spending() const;

  // Constant after construction.
  LoopContext& loop_;
  const http::ExchangePtr exchange_;
  const RelayOperation operation_;
  const dialect::Dialect dialect_;
  const SteadyTime arrived_;

  std::shared_ptr<Relay> self_;  // while the request is under way
  Caller caller_;
  Extensions extensions_;
  std::optional<budget::RateDecision> rate_;
  model::RequestLog row_;
  const model::Provider* provider_ = nullptr;  // of the snapshot
  // Written by the desk's threads while the loop waits for them, else the loop's.
  std::optional<model::RelayedObject> found_;
  std::optional<batch::Plan> plan_;
  batch::Desk::Listed listed_;
  std::string purpose_;  // of a file that is uploaded
  batch::Shown shown_;
  std::vector<Spending> spendings_;  // one a model of the plan, as far as they are reserved
  std::string model_key_;

  std::shared_ptr<const Target> target_;
  std::unique_ptr<http::Call> call_;
  CallRecord record_;
  int upstream_status_ = 0;
  std::optional<int64_t> retry_after_ms_;
  std::string content_type_, response_;
  // Of a content that is kept here, as it is sent.
  std::string content_name_, block_;
  uint64_t content_at_ = 0;
  bool block_due_ = false;  // the reader has not taken the last ones yet
  bool counted_ = false;    // by enter()
  bool done_ = false;
};

}  // namespace penstock::proxy
