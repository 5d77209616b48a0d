#include "proxy/gathering.h"

namespace penstock::proxy {
namespace {

RequestScope wholeOf(const RequestScope& scope) {
  // Answers are compared and put together in OpenAI's dialect, whatever the caller's.
  return {.loop = scope.loop,
          .caller = scope.caller,
          .extensions = scope.extensions,
          .request = scope.request,
          .typed = scope.typed,
          .dialect = scope.dialect,
          .row = scope.row,
          .endpoint = scope.endpoint,
          .reply = Reply::Whole,
          .arrived = scope.arrived,
          .calls = scope.calls,
          .spendings = scope.spendings,
          .on_loss = scope.on_loss};
}

}  // namespace

Gathering::Gathering(const RequestScope& scope, const routing::Decision& decision, Chains& chains,
                     Listener& listener)
    : scope_(scope),
      whole_(wholeOf(scope)),
      decision_(decision),
      chains_(chains),
      listener_(listener) {}

Chain& Gathering::launch(const RequestScope& scope, const routing::Line& line) {
  Chain::Listener& listener = *this;
  return *chains_.emplace_back(std::make_unique<Chain>(scope, line, listener));
}

void Gathering::end() {
  stop();
  for (const auto& chain : chains_) chain->cancel();
}

void Gathering::answer(Attempt& winner, std::string body, std::string reason) {
  end();
  winner_ = &winner;
  reason_ = std::move(reason);
  listener_.onGathered(winner, std::move(body));
}

void Gathering::failLike(Chain& chain) {
  end();
  listener_.onChainFailed(chain);
}

void Gathering::timeOut(const ApiError& error) {
  end();
  listener_.onGatheringTimedOut(error);
}

void Gathering::onChainStream(Chain& chain, std::string_view bytes) {
  winner_ = chain.winner();
  listener_.onChainStream(chain, bytes);
}

void Gathering::onChainStreamEnd(Chain& chain, const ApiError* broken, bool told) {
  over_ = true;
  listener_.onChainStreamEnd(chain, broken, told);
}

void Gathering::onChainDowngraded(Chain& chain) {
  end();
  listener_.onChainDowngraded(chain);
}

}  // namespace penstock::proxy
