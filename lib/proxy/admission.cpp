#include "proxy/admission.h"

#include <algorithm>
#include <utility>

#include "auth/access.h"
#include "auth/api_key.h"
#include "telemetry/exporter.h"
#include "telemetry/trace_context.h"

namespace penstock::proxy {
namespace {

ApiError shed(const char* message) {
  return {ErrorKind::Overloaded, "overloaded", message, {}, {}, {}, {}, 1000};
}

Result<Caller> withProject(Caller caller) {
  caller.project = caller.snapshot->findProject(caller.key->project_id);
  if (caller.project == nullptr) return internalError("key " + caller.key->id + " has no project");
  return caller;
}

}  // namespace

Result<Caller> identify(std::shared_ptr<const config::Snapshot> snapshot, UnixMillis now,
                        const http::Request& request) {
  Caller caller{std::move(snapshot)};
  const auto key = auth::verifyApiKey(*caller.snapshot, auth::presentedKey(request.headers), now);
  if (!key) return key.error();
  caller.key = *key;
  return withProject(std::move(caller));
}

Result<Caller> identifyById(std::shared_ptr<const config::Snapshot> snapshot, UnixMillis now,
                            std::string_view api_key_id, Sha256& hash) {
  Caller caller{std::move(snapshot)};
  caller.key = caller.snapshot->findApiKey(hash);
  if (caller.key == nullptr || caller.key->id != api_key_id)
    caller.key = caller.snapshot->parts().api_keys->findById(api_key_id);
  if (caller.key != nullptr) hash = caller.key->hash;
  const bool valid = caller.key != nullptr && caller.key->expires_at.value_or(now + 1) > now;
  if (!valid)
    return ApiError{ErrorKind::Unauthorized, "invalid_api_key", "the API key is no longer valid"};
  return withProject(std::move(caller));
}

Status checkPeer(const Caller& caller, const http::Request& request) {
  return auth::checkAddress(caller.snapshot->organization().addresses, caller.key->addresses,
                            request.peer);
}

Status introduce(const LoopContext& loop, const http::Request& request, const Caller& caller,
                 Extensions& extensions, model::RequestLog& row) {
  row.api_key_id = caller.key->id;
  row.project_id = caller.project->id;
  row.organization_id = caller.project->organization_id;
  if (Status allowed = checkPeer(caller, request); !allowed) return allowed;
  extensions = readExtensions(request.headers);
  if (!extensions.provider_key.empty() && !caller.key->allow_provider_keys) {
    extensions.provider_key = {};
    return ApiError{ErrorKind::Forbidden, "provider_key_not_allowed",
                    "this API key does not allow the caller's own key for a provider: set its "
                    "allow_provider_keys",
                    "X-Modelux-Provider-Key"};
  }
  row.trace_id = extensions.trace_id;  // of what cannot be parsed too
  const telemetry::Exporter* exporter = loop.shared.telemetry;
  auto context = telemetry::continueTrace(request.headers.get("traceparent"),
                                          exporter == nullptr ? 1 : exporter->sampleRatio());
  row.traceparent = std::move(context.traceparent);
  row.parent_span_id = std::move(context.parent_span_id);
  return Unit{};
}

Status takeRate(LoopContext& loop, const model::ApiKey& key, budget::RateDecision& rate) {
  const int64_t limit = key.rate_limit_rpm.value_or(loop.shared.options.rate_limit_rpm);
  rate = loop.bucket(key.id).take(limit, loop.loop.now());
  if (rate.allowed) return Unit{};
  ApiError error{
      ErrorKind::RateLimited, "rate_limit_exceeded",
      "rate limit of " + std::to_string(limit) + " requests a minute reached for this key"};
  error.retry_after_ms = std::max<int64_t>(rate.retry_after_ms, 1);
  return error;
}

Status enter(Context& shared) {
  if (shared.recorder.full()) return shed("the request log cannot keep up");
  if (shared.in_flight.fetch_add(1, std::memory_order_relaxed) < shared.options.max_in_flight)
    return Unit{};
  shared.in_flight.fetch_sub(1, std::memory_order_relaxed);
  return shed("too many requests are being served");
}

void leave(Context& shared) { shared.in_flight.fetch_sub(1, std::memory_order_relaxed); }

}  // namespace penstock::proxy
