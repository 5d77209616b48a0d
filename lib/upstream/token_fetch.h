#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "http/client.h"
#include "provider/token.h"

namespace penstock::upstream {

// Runs a flow to its token, exchange by exchange, on the client's loop. Destroying it cancels.
class TokenFetch final : private http::CallObserver {
 public:
  struct Limits {
    std::chrono::milliseconds connect, total;
  };
  // Called once, on the loop, never from start(); the fetch may be destroyed in it.
  using Done = std::function<void(Result<provider::Token>)>;

  TokenFetch(std::unique_ptr<provider::TokenFlow> flow, http::Client& client, const Clock& clock,
             Limits limits, Done done);

  // An error is the fetch's end: `done` is not called then.
  Status start();

 private:
  void onHead(const http::ResponseHead& head) override;
  void onData(std::string_view bytes) override;
  void onEnd() override;
  void onFailure(const http::Failure& failure) override;
  void finish(Result<provider::Token> result);

  const std::unique_ptr<provider::TokenFlow> flow_;
  http::Client& client_;
  const Clock& clock_;
  const Limits limits_;
  Done done_;
  provider::TokenRequest request_;
  std::unique_ptr<http::Call> call_;
  int status_ = 0;
  std::string answer_;
};

}  // namespace penstock::upstream
