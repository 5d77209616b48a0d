// A response that is deleted: first at the provider that holds it, then here.
#include <utility>

#include "json/writer.h"
#include "provider/relay_call.h"
#include "proxy/attempt_failure.h"
#include "proxy/kept_response.h"
#include "telemetry/trace_context.h"

namespace penstock::proxy {
namespace {

constexpr uint64_t kMaxAnswer = 1 << 20;

bool isGood(int status) { return status >= 200 && status < 300; }
// It may well be done when it is asked for again.
bool isPassing(int status) { return status == 408 || status == 429 || status >= 500; }

}  // namespace

// Where the provider cannot be asked any more, or is not the gateway's account, the copy there is
// left, and the answer says so.
void KeptResponse::deleteIt() {
  if (found_->at_provider == model::StoredResponse::AtProvider::Absent) return removeHere();
  left_there_ = true;
  provider_ = caller_.snapshot->findProvider(found_->provider_id);
  if (provider_ == nullptr) return removeHere();
  if (const Status prepared = prepareCall(); !prepared) return removeHere();
  const Secret& own = extensions_.provider_key;
  if (!found_->account.empty()) {
    if (own.empty() || own.fingerprint() != found_->account) return removeHere();
    return send(provider::callerCredential(*provider_, own));
  }
  const auto resume = [weak = weak_from_this(),
                       &loop = loop_.loop](const Result<provider::Credential>& answer) {
    loop.post([weak, answer] {
      if (const auto kept = weak.lock()) kept->onCredential(answer);
    });
  };
  if (auto at_hand = loop_.shared.credentials->get(*provider_, resume)) onCredential(*at_hand);
}

Status KeptResponse::prepareCall() {
  auto target = loop_.target(*provider_);
  if (!target) return std::move(target).error();
  target_ = *std::move(target);
  const std::string path = "responses/" + found_->id;
  auto head =
      provider::prepareRelay(*provider_, target_->endpoint, {.method = "DELETE", .path = path});
  if (!head) return std::move(head).error();
  request_.origin = std::move(head->origin);
  request_.method = std::move(head->method);
  request_.path = std::move(head->path);
  request_.headers = std::move(head->headers);
  request_.headers.add("Accept", "application/json");
  request_.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION);
  request_.headers.add("traceparent", telemetry::attemptTraceparent(row_.traceparent, 0));
  request_.timeouts = loop_.shared.options.timeouts;
  request_.max_response_bytes = kMaxAnswer;
  return Unit{};
}

void KeptResponse::onCredential(const Result<provider::Credential>& credential) {
  if (done_) return;
  if (credential) return send(*credential);
  answerError(credential.error(), ClientRetry::Spent);
}

void KeptResponse::send(const provider::Credential& credential) {
  const UnixMillis now = loop_.shared.clock.now();
  const Status signed_off =
      provider::authorize(*provider_, target_->endpoint, credential, now, request_);
  if (!signed_off) return answerError(signed_off.error());
  row_.provider = provider_->vendor;
  row_.provider_id = provider_->id;
  record_.begin(*provider_, arrived_, now);
  call_ = loop_.client.start(std::move(request_), *this);
}

void KeptResponse::onHead(const http::ResponseHead& head) {
  upstream_status_ = head.status;
  record_.noteHead(head, *call_, "x-request-id");
}

void KeptResponse::onEnd() {
  const auto keep = shared_from_this();
  call_.reset();
  if (done_) return;
  record_.end(isGood(upstream_status_) ? "ok" : "refused", row_);
  if (isPassing(upstream_status_))
    return answerError(
        {ErrorKind::UpstreamFailed, "upstream_error",
         "the provider, which holds the response too, answered " +
             std::to_string(upstream_status_) + " to its deletion: nothing was deleted"},
        ClientRetry::Spent);
  // A provider that was changed since may know nothing of it and another account have it.
  const bool unknown = upstream_status_ == 404 && provider_->updated_at <= found_->created_at;
  left_there_ = !isGood(upstream_status_) && !unknown;
  removeHere();
}

void KeptResponse::onFailure(const http::Failure& failure) {
  const auto keep = shared_from_this();
  call_.reset();
  if (done_) return;
  loop_.shared.log.warn("upstream_failed", {{"request_id", row_.request_id},
                                            {"provider_id", provider_->id},
                                            {"failure", http::failureName(failure.kind)},
                                            {"detail", failure.detail}});
  const AttemptFailure failed = failureOf(failure, provider_->vendor);
  record_.noteError(failed.error.message);
  record_.end(failureName(failed.kind), row_);
  answerError(failed.error, ClientRetry::Spent);
}

void KeptResponse::removeHere() {
  work(
      [this]() -> Status {
        loop_.shared.responses->remove(found_->project_id, found_->id);
        return Unit{};
      },
      &KeptResponse::answerDeleted);
}

void KeptResponse::answerDeleted() {
  http::Response response;
  json::Writer(response.body)
      .beginObject()
      .field("id", found_->id)
      .field("object", "response")
      .field("deleted", true)
      .endObject();
  if (left_there_) response.headers.add("X-Penstock-Provider-Copy", "kept");
  respond(std::move(response), {});
}

}  // namespace penstock::proxy
