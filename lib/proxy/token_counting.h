#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/token_count.h"
#include "http/client.h"
#include "http/loop.h"
#include "provider/call.h"
#include "provider/credential.h"
#include "proxy/loop_context.h"
#include "proxy/request_scope.h"
#include "routing/decision.h"

namespace penstock::proxy {

// Asks a target's provider how many tokens a request has, by the provider's own counter. It costs
// nothing, so no budget is asked; and it is tried once, for a short while: whoever waits has an
// estimate at hand. A failure of it says nothing of how the target serves. Lives on one loop.
class TokenCounting final : private http::CallObserver,
                            public std::enable_shared_from_this<TokenCounting> {
 public:
  struct Count {
    int64_t tokens = 0;
    std::string body;  // the provider's answer where it is in the caller's dialect; else empty
  };
  // Nothing: the provider has no counter, is not to be asked now, or did not answer with a count.
  using Done = std::function<void(std::optional<Count>)>;

  // What it refers to outlives it.
  TokenCounting(const RequestScope& scope, const routing::Candidate& candidate, Done done);

  // Calls `done` once, before it returns where nobody is to be asked.
  void start();
  // Ends the call without a report.
  void cancel();

  // Of the call; negative when it was not reached.
  std::chrono::microseconds connected() const { return connected_; }
  std::chrono::microseconds head() const { return head_; }

 private:
  bool mayAsk() const;
  Status prepare();
  Status writeBody(const provider::Endpoint& endpoint);
  void call();
  void onCredential(const Result<provider::Credential>& credential);
  void send(const provider::Credential& credential);

  void onHead(const http::ResponseHead& head) override;
  void onData(std::string_view bytes) override;
  void onEnd() override;
  void onFailure(const http::Failure& failure) override;

  void giveUp(std::string_view why);
  void report(std::optional<Count> count);

  // Constant after construction.
  const RequestScope& scope_;
  const routing::Candidate& candidate_;
  const Done done_;

  std::shared_ptr<const Target> target_;
  provider::UpstreamCall upstream_call_;  // until it is sent
  dialect::TokenCounter counter_ = dialect::TokenCounter::Messages;
  bool callers_dialect_ = false;  // the provider answers in it
  std::string body_;
  std::unique_ptr<http::Call> call_;
  http::Timer timer_;
  int status_ = 0;
  std::string response_;
  std::chrono::microseconds connected_{-1}, head_{-1};
  bool over_ = false;
};

}  // namespace penstock::proxy
