// The second part of a relay: the call, what comes of it, and what is kept of that.
#include <algorithm>
#include <utility>

#include "dialect/anthropic_errors.h"
#include "dialect/openai_errors.h"
#include "provider/relay_call.h"
#include "provider/retry_after.h"
#include "proxy/relay.h"
#include "telemetry/trace_context.h"

namespace penstock::proxy {
namespace {

constexpr uint64_t kMaxObject = 8 << 20;  // a file's or batch's description
constexpr size_t kMaxErrorBytes = 64 << 10;
constexpr uint64_t kMaxContent = uint64_t{1} << 40;  // nothing of it is held
constexpr std::chrono::minutes kLongest{60};         // for a large file

bool isGood(int status) { return status >= 200 && status < 300; }

}  // namespace

void Relay::call() {
  auto target = loop_.target(*provider_);
  if (!target) return answerError(target.error());
  target_ = *std::move(target);
  row_.provider = provider_->vendor;
  row_.provider_id = provider_->id;
  const auto resume = [weak = weak_from_this(),
                       &loop = loop_.loop](const Result<provider::Credential>& answer) {
    loop.post([weak, answer] {
      if (const auto relay = weak.lock()) relay->onCredential(answer);
    });
  };
  if (auto at_hand = loop_.shared.credentials->get(*provider_, resume)) onCredential(*at_hand);
}

void Relay::onCredential(const Result<provider::Credential>& credential) {
  if (done_) return;
  if (credential) return send(*credential);
  answerError(credential.error(), ClientRetry::Spent);
}

void Relay::send(const provider::Credential& credential) {
  const http::Request& request = exchange_->request();
  const bool creates = operation_.verb == RelayVerb::Create;
  const bool posts = creates || operation_.verb == RelayVerb::Cancel;
  const bool content = operation_.verb == RelayVerb::Content;
  std::string path = operation_.upstreamPath(found_ && !creates ? found_->id : "");
  if (dialect_ == dialect::Dialect::Anthropic && request.queryParam("beta") == "true")
    path += "?beta=true";
  provider::RelayOperation operation{.path = path};
  operation.method = posts ? "POST" : operation_.verb == RelayVerb::Delete ? "DELETE" : "GET";
  operation.anthropic_version = request.headers.get("anthropic-version");
  operation.anthropic_beta = request.headers.get("anthropic-beta");
  auto head = provider::prepareRelay(*provider_, target_->endpoint, operation);
  if (!head) return answerError(head.error());
  http::ClientRequest call;
  call.origin = std::move(head->origin);
  call.method = std::move(head->method);
  call.path = std::move(head->path);
  call.headers = std::move(head->headers);
  const std::string_view type = request.headers.get("content-type");
  if (creates && !type.empty()) call.headers.add("Content-Type", type);
  call.headers.add("Accept", content ? "*/*" : "application/json");
  call.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION);
  call.headers.add("traceparent", telemetry::attemptTraceparent(row_.traceparent, 0));
  if (creates) call.body = {request.body};
  call.timeouts = loop_.shared.options.timeouts;
  if (content)
    call.timeouts.total = std::max<std::chrono::milliseconds>(call.timeouts.total, kLongest);
  call.max_response_bytes = content ? kMaxContent : kMaxObject;
  const Status signed_off = provider::authorize(*provider_, target_->endpoint, credential,
                                                loop_.shared.clock.now(), call);
  if (!signed_off) return answerError(signed_off.error());
  record_.begin(*provider_, arrived_, loop_.shared.clock.now());
  call_ = loop_.client.start(std::move(call), *this);
}

void Relay::onHead(const http::ResponseHead& head) {
  upstream_status_ = head.status;
  record_.noteHead(head, *call_,
                   dialect_ == dialect::Dialect::OpenAi ? "x-request-id" : "request-id");
  content_type_ = head.headers.get("content-type");
  if (!isGood(head.status))
    retry_after_ms_ = provider::readRetryAfter(head.headers, loop_.shared.clock.now());
  else if (operation_.verb == RelayVerb::Content)
    startStream(head);
}

void Relay::onData(std::string_view bytes) {
  if (done_) return;
  if (exchange_->started()) {
    exchange_->write(bytes);
    if (exchange_->pendingBytes() > loop_.shared.options.stream_buffer_bytes) call_->pause();
    return;
  }
  const size_t most = isGood(upstream_status_) ? kMaxObject : kMaxErrorBytes;
  response_.append(bytes.substr(0, most - std::min(most, response_.size())));
}

void Relay::onEnd() {
  const auto keep = shared_from_this();
  call_.reset();
  if (done_) return;
  if (exchange_->started()) {
    record_.end("ok", row_);
    finish(200, {});
    return exchange_->finish();
  }
  if (isGood(upstream_status_)) {
    record_.end("ok", row_);
    return takeObject();
  }
  auto said = dialect_ == dialect::Dialect::Anthropic
                  ? dialect::parseAnthropicError(response_, upstream_status_)
                  : dialect::parseOpenAiError(response_, upstream_status_);
  answerFailure(failureOf(upstream_status_, std::move(said), provider_->vendor, retry_after_ms_));
}

void Relay::onFailure(const http::Failure& failure) {
  const auto keep = shared_from_this();
  call_.reset();
  if (done_) return;
  loop_.shared.log.warn("upstream_failed", {{"request_id", row_.request_id},
                                            {"provider_id", provider_->id},
                                            {"failure", http::failureName(failure.kind)},
                                            {"detail", failure.detail}});
  const bool batch = operation_.verb == RelayVerb::Create && plan_.has_value() &&
                     operation_.kind == model::ObjectKind::Batch;
  // Whether it was made nobody can say; it is nobody's here, and what was set aside is given back.
  if (batch)
    loop_.shared.log.error("batch_outcome_unknown",
                           {{"request_id", row_.request_id}, {"provider_id", provider_->id}});
  answerFailure(failureOf(failure, provider_->vendor));
}

// What was made, shown or taken away is kept before the caller is told: it may ask for it at once.
void Relay::takeObject() {
  if (operation_.verb == RelayVerb::Delete) {
    return work(
        [this]() -> Status {
          loop_.shared.desk->remove(*found_);
          return Unit{};
        },
        &Relay::answerObject);
  }
  auto shown = batch::readShown(operation_.kind, operation_.surface, response_);
  if (!shown) return answerError(shown.error(), ClientRetry::Spent);
  shown_ = *std::move(shown);
  if (operation_.verb != RelayVerb::Create) {
    return work(
        [this]() -> Status {
          if (shown_.id == found_->id) loop_.shared.desk->show(*found_, shown_, response_);
          return Unit{};
        },
        &Relay::answerObject);
  }
  work(
      [this]() -> Status {
        model::RelayedObject object;
        object.provider_id = provider_->id;
        object.id = shown_.id;
        object.kind = operation_.kind;
        object.surface = operation_.surface;
        object.project_id = caller_.project->id;
        object.api_key_id = caller_.key->id;
        object.purpose = purpose_;
        object.status = shown_.status;
        object.object = response_;
        if (plan_) object.plan = batch::writePlan(*plan_);
        object.created_at = row_.created_at;
        batch::Holds::Shares shares;
        for (Spending& spending : spendings_) shares.push_back(spending.take());
        return loop_.shared.desk->add(object, std::move(shares));
      },
      &Relay::answerObject);
}

}  // namespace penstock::proxy
