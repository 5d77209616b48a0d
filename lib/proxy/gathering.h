#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/chain.h"
#include "proxy/reply_text.h"
#include "routing/decision.h"

namespace penstock::proxy {

// Makes one answer of the answers of several chains: what ensembles and cascades have in common.
// It makes the chains, the pipeline keeps them, with those before, for the log. Lives on one loop;
// outlives its chains.
class Gathering : protected Chain::Listener {
 public:
  // Is told once how it ended. A failure of all is the failure of one of them (onChainFailed), a
  // budget that downgrades one sends all elsewhere (onChainDowngraded), and what may stream is
  // passed on as it comes (onChainStream…).
  class Listener : public Chain::Listener {
   public:
    // The answer is `body`, made of the attempt's.
    virtual void onGathered(Attempt& winner, std::string body) = 0;
    // Nobody answered in time.
    virtual void onGatheringTimedOut(const ApiError& error) = 0;
  };
  using Chains = std::vector<std::unique_ptr<Chain>>;

  Gathering(const RequestScope& scope, const routing::Decision& decision, Chains& chains,
            Listener& listener);

  // As in Chain. May report before it returns.
  virtual void start(const budget::Standing* downgraded_by) = 0;
  // No more reports. The chains are the caller's to cancel.
  virtual void stop() { over_ = true; }

  // Whose answer it is; null: not known yet.
  const Attempt* winner() const { return winner_; }
  // How it came to be the one, for people.
  const std::string& reason() const { return reason_; }

 protected:
  Chain& launch(const RequestScope& scope, const routing::Line& line);
  bool over() const { return over_; }
  void explain(std::string reason) { reason_ = std::move(reason); }

  // The ways out. Whatever is still under way is cancelled first, so that all of it is accounted
  // for.
  void answer(Attempt& winner, std::string body, std::string reason);
  void failLike(Chain& chain);
  void timeOut(const ApiError& error);

  void onChainStream(Chain& chain, std::string_view bytes) override;
  void onChainStreamEnd(Chain& chain, const ApiError* broken, bool told) override;
  void onChainDowngraded(Chain& chain) override;
  void onChainIdle(Chain& chain) override { listener_.onChainIdle(chain); }

  // Constant after construction.
  const RequestScope& scope_;
  const RequestScope whole_;  // the same, for answers that are taken whole
  const routing::Decision& decision_;

 private:
  void end();

  Chains& chains_;
  Listener& listener_;

  bool over_ = false;
  const Attempt* winner_ = nullptr;
  std::string reason_;
};

}  // namespace penstock::proxy
