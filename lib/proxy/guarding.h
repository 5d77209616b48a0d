#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialect/event_filter.h"
#include "guard/finding.h"
#include "guard/policy.h"
#include "guard/webhook_call.h"
#include "proxy/loop_context.h"
#include "routing/decision.h"

namespace penstock::proxy {

// The guardrails of one request: what its project wants checked before it is decided on, and before
// its answer leaves. Rules first, then webhooks one after another. Lives on one loop.
class Guarding {
 public:
  struct Subject {
    std::string request_id;
    std::string project;  // id
    std::string model;    // as requested
  };
  // The body to go on with, or why not: 403 blocked_by_guardrail.
  using Done = std::function<void(Result<std::string>)>;

  Guarding(LoopContext& loop, std::shared_ptr<const guard::Policy> policy, Subject subject)
      : loop_(loop), policy_(std::move(policy)), subject_(std::move(subject)) {}
  Guarding(const Guarding&) = delete;
  Guarding& operator=(const Guarding&) = delete;

  bool checksRequests() const { return policy_->checks(guard::Phase::Input); }
  // Whole answers; what is gathered whole leaves when it is checked.
  bool checksAnswers() const { return policy_->checks(guard::Phase::Output); }
  // Whether a stream can be checked as it passes: webhooks want whole texts.
  bool checksStreams() const {
    return checksAnswers() && policy_->webhooks(guard::Phase::Output).empty();
  }
  // What a stream has to pass then.
  std::unique_ptr<dialect::EventFilter> makeFilter();

  // Call `done` once, before they return where no webhook is to be asked.
  void checkRequest(std::string body, Done done);
  void checkAnswer(std::string body, Done done);
  // The models that the decision may lead to.
  Status checkTargets(const routing::Decision& decision);
  // Nobody waits any more.
  void stop() { call_.reset(); }

  // What was found, a line each: rule, kind and place, never the text.
  void logFindings() const;
  const guard::Findings& findings() const { return findings_; }

 private:
  void check(guard::Phase phase, guard::Verdict verdict, std::string body, Done done);
  void askNext();
  void onVerdict(const guard::Webhook& webhook, const guard::WebhookVerdict& verdict);
  void note(const guard::Verdict& verdict);

  // Constant after construction.
  LoopContext& loop_;
  const std::shared_ptr<const guard::Policy> policy_;
  const Subject subject_;

  guard::Findings findings_;
  // Of the check under way.
  guard::Phase phase_ = guard::Phase::Input;
  std::string body_;
  Done done_;
  std::vector<const guard::Webhook*> webhooks_;
  size_t asked_ = 0;
  std::unique_ptr<guard::WebhookCall> call_;
};

}  // namespace penstock::proxy
