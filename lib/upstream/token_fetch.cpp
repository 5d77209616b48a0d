#include "upstream/token_fetch.h"

#include <utility>

namespace penstock::upstream {
namespace {

constexpr uint64_t kMaxAnswer = 256 << 10;

}  // namespace

TokenFetch::TokenFetch(std::unique_ptr<provider::TokenFlow> flow, http::Client& client,
                       const Clock& clock, Limits limits, Done done)
    : flow_(std::move(flow)),
      client_(client),
      clock_(clock),
      limits_(limits),
      done_(std::move(done)) {}

Status TokenFetch::start() {
  auto next = flow_->next(clock_.now());
  if (!next) return std::move(next).error();
  request_ = *std::move(next);
  answer_.clear();
  http::ClientRequest request;
  request.origin = request_.origin;
  request.method = request_.method;
  request.path = request_.path;
  request.headers = request_.headers;
  request.headers.add("Accept", "*/*");
  request.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION);
  if (!request_.body.empty()) request.body = {request_.body.reveal()};
  request.timeouts = {limits_.connect, limits_.total, limits_.total, limits_.total};
  request.max_response_bytes = kMaxAnswer;
  call_ = client_.start(std::move(request), *this);
  return Unit{};
}

void TokenFetch::onHead(const http::ResponseHead& head) { status_ = head.status; }

void TokenFetch::onData(std::string_view bytes) { answer_.append(bytes); }

void TokenFetch::onEnd() {
  auto taken = flow_->take(status_, answer_, clock_.now());
  if (!taken) return finish(std::move(taken).error());
  if (*taken) return finish(**std::move(taken));
  call_.reset();
  if (Status started = start(); !started) finish(std::move(started).error());
}

void TokenFetch::onFailure(const http::Failure& failure) {
  ApiError error{ErrorKind::UpstreamFailed, "provider_auth_failed",
                 "the credential could not be obtained: " + request_.origin.host_header +
                     " failed: " + http::failureName(failure.kind)};
  error.detail = failure.detail;
  finish(std::move(error));
}

void TokenFetch::finish(Result<provider::Token> result) {
  call_.reset();
  // We may be gone when it returns.
  const Done done = std::exchange(done_, {});
  done(std::move(result));
}

}  // namespace penstock::upstream
