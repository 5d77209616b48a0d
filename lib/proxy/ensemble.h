#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/loop.h"
#include "proxy/gathering.h"
#include "proxy/judge.h"
#include "proxy/reply_vote.h"

namespace penstock::proxy {

// All members at once, then one answer is made of what has arrived when they have ended or the time
// is up (spec/modelux.md 13.20). Where numbers or a judge's word cannot be had, the vote counts.
class Ensemble final : public Gathering {
 public:
  Ensemble(const RequestScope& scope, const routing::Decision& decision, Chains& chains,
           Listener& listener);

  void start(const budget::Standing* downgraded_by) override;
  void stop() override;

 private:
  struct Member {
    Chain* chain = nullptr;
    Attempt* replied = nullptr;
    Ballot ballot = {};
    bool pending = true;
    bool failed = false;  // rather than late
  };

  void onTimer();
  void onChainWhole(Chain& chain) override;
  void onChainFailed(Chain& chain) override;
  void onChainDowngraded(Chain& chain) override;

  Member& memberOf(const Chain& chain);
  void proceed();
  void aggregate();
  void failAll();
  void takeFirst();
  void vote(const std::string& because);
  void average();
  void askJudge();
  void onVerdict();

  const config::Ensemble& policy_;
  const ReplyFormat format_;
  const budget::Standing* downgraded_by_ = nullptr;
  std::vector<Member> members_;  // in the order of listing
  // Those that have answered, once it is over with them.
  std::vector<Ballot> ballots_;
  std::vector<Attempt*> voters_;
  std::unique_ptr<Judge> judge_;
  Chain* judging_ = nullptr;
  http::Timer timer_;
};

}  // namespace penstock::proxy
