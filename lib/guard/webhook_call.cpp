#include "guard/webhook_call.h"

#include <utility>

#include "webhook/sign.h"

namespace penstock::guard {
namespace {

// Beside the replacements, which may be as long as what was sent.
constexpr uint64_t kMaxAnswer = 64 << 10;

http::ClientRequest requestOf(const Webhook& webhook, const std::string& body) {
  http::ClientRequest request;
  request.origin = webhook.origin;
  request.path = webhook.path;
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", "Penstock-Guardrails"},
                     {"X-Modelux-Event", "guardrail.check"},
                     {"X-Modelux-Signature", webhook::signature(webhook.secret, body)}};
  request.body = {body};
  request.timeouts = {webhook.timeout, webhook.timeout, webhook.timeout, webhook.timeout};
  request.max_response_bytes = kMaxAnswer + 2 * body.size();
  return request;
}

}  // namespace

WebhookCall::WebhookCall(http::Client& client, const Webhook& webhook, const Question& question,
                         Done done)
    : fail_open_(webhook.fail_open),
      pieces_(question.pieces.size()),
      body_(questionJson(question)),
      done_(std::move(done)),
      call_(client.start(requestOf(webhook, body_), *this)) {}

void WebhookCall::onEnd() {
  if (status_ < 200 || status_ > 299) return fail("status " + std::to_string(status_));
  auto verdict = parseAnswer(answer_, pieces_);
  if (!verdict) return fail(std::move(verdict).error());
  finish(*std::move(verdict));
}

void WebhookCall::onFailure(const http::Failure& failure) { fail(http::failureName(failure.kind)); }

void WebhookCall::fail(std::string why) {
  WebhookVerdict verdict;
  verdict.action = fail_open_ ? WebhookVerdict::Action::Allow : WebhookVerdict::Action::Block;
  verdict.failure = std::move(why);
  finish(std::move(verdict));
}

void WebhookCall::finish(WebhookVerdict verdict) {
  const Done done = std::move(done_);  // may destroy this
  done(std::move(verdict));
}

}  // namespace penstock::guard
