#include "proxy/guarding.h"

#include <utility>

#include "guard/event_guard.h"

namespace penstock::proxy {

void Guarding::checkRequest(std::string body, Done done) {
  auto verdict = policy_->checkRequest(body, subject_.model);
  check(guard::Phase::Input, std::move(verdict), std::move(body), std::move(done));
}

void Guarding::checkAnswer(std::string body, Done done) {
  auto verdict = policy_->checkResponse(body);
  check(guard::Phase::Output, std::move(verdict), std::move(body), std::move(done));
}

std::unique_ptr<dialect::EventFilter> Guarding::makeFilter() {
  return std::make_unique<guard::EventGuard>(policy_, findings_);
}

void Guarding::check(guard::Phase phase, guard::Verdict verdict, std::string body, Done done) {
  note(verdict);
  if (verdict.refusal) return done(guard::toError(*verdict.refusal));
  phase_ = phase;
  body_ = verdict.rewritten ? *std::move(verdict.rewritten) : std::move(body);
  done_ = std::move(done);
  webhooks_ = policy_->webhooks(phase);
  asked_ = 0;
  askNext();
}

Status Guarding::checkTargets(const routing::Decision& decision) {
  const auto check_line = [this](const routing::Line& line) -> Status {
    for (const routing::Candidate& candidate : line.candidates) {
      const guard::Verdict verdict = policy_->checkModel(candidate.model);
      note(verdict);
      if (verdict.refusal) return guard::toError(*verdict.refusal);
    }
    return Unit{};
  };
  if (Status allowed = check_line(decision.line); !allowed) return allowed;
  for (const routing::Branch& branch : decision.branches) {
    if (Status allowed = check_line(branch.line); !allowed) return allowed;
  }
  return Unit{};
}

void Guarding::askNext() {
  if (asked_ == webhooks_.size()) {
    // What comes next may start another check.
    return std::exchange(done_, {})(std::move(body_));
  }
  const guard::Webhook& webhook = *webhooks_[asked_++];
  const guard::Question question{phase_, subject_.request_id, subject_.project, subject_.model,
                                 guard::piecesOf(body_, phase_)};
  call_ = std::make_unique<guard::WebhookCall>(
      loop_.client, webhook, question,
      [this, &webhook](const guard::WebhookVerdict& verdict) { onVerdict(webhook, verdict); });
}

void Guarding::onVerdict(const guard::Webhook& webhook, const guard::WebhookVerdict& verdict) {
  using Action = guard::WebhookVerdict::Action;
  if (!verdict.failure.empty()) {
    loop_.shared.log.warn(
        "guardrail_webhook_failed",
        {{"request_id", subject_.request_id}, {"rule", webhook.rule}, {"reason", verdict.failure}});
  }
  const auto found = [&](guard::Action action) {
    findings_.add({.rule = webhook.rule, .kind = "WEBHOOK", .place = "", .action = action});
  };
  switch (verdict.action) {
    case Action::Allow: break;
    case Action::Flag: found(guard::Action::Flag); break;
    case Action::Redact:
      found(guard::Action::Redact);
      body_ = guard::withReplacements(body_, phase_, verdict.replacements);
      break;
    case Action::Block:
      found(guard::Action::Block);
      return std::exchange(done_, {})(guard::toError(
          {webhook.rule, "WEBHOOK", "blocked by guardrail \"" + webhook.rule + "\""}));
  }
  askNext();
}

void Guarding::logFindings() const {
  for (const guard::Finding& finding : findings_.all()) {
    loop_.shared.log.info("guardrail", {{"request_id", subject_.request_id},
                                        {"rule", finding.rule},
                                        {"kind", finding.kind},
                                        {"place", finding.place},
                                        {"action", std::string(guard::actionName(finding.action))},
                                        {"count", std::to_string(finding.count)}});
  }
}

void Guarding::note(const guard::Verdict& verdict) {
  for (const guard::Finding& finding : verdict.findings) findings_.add(finding);
}

}  // namespace penstock::proxy
