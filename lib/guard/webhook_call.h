#pragma once

#include <functional>
#include <memory>
#include <string>

#include "guard/policy.h"
#include "guard/webhook_answer.h"
#include "http/client.h"

namespace penstock::guard {

// One question to a webhook rule: a signed POST (X-Modelux-Signature over the body, as webhooks of
// events have it) with the rule's deadline over everything, and a bounded answer. Addresses that
// are not public are refused at connect time unless the rule is private; redirects are not
// followed.
//
// Any answer that is not a 2xx with a sound body, and none in time, is the rule's fail_open or not.
// On one loop: made, called back and destroyed there. Destroying it cancels; `done` is called once,
// never from inside the constructor, and may destroy it.
class WebhookCall final : private http::CallObserver {
 public:
  using Done = std::function<void(WebhookVerdict)>;

  WebhookCall(http::Client& client, const Webhook& webhook, const Question& question, Done done);
  ~WebhookCall() override = default;
  WebhookCall(const WebhookCall&) = delete;
  WebhookCall& operator=(const WebhookCall&) = delete;

 private:
  void onHead(const http::ResponseHead& head) override { status_ = head.status; }
  void onData(std::string_view bytes) override { answer_.append(bytes); }
  void onEnd() override;
  void onFailure(const http::Failure& failure) override;
  void fail(std::string why);
  void finish(WebhookVerdict verdict);

  const bool fail_open_;
  const size_t pieces_;
  const std::string body_;  // the call reads it from here
  Done done_;
  int status_ = 0;
  std::string answer_;
  std::unique_ptr<http::Call> call_;  // goes first
};

}  // namespace penstock::guard
