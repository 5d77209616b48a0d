#include "upstream/probe.h"

#include <utility>

#include "http/fetch.h"
#include "provider/call.h"

namespace penstock::upstream {
namespace {

// Some list thousands of models with prices and descriptions.
constexpr uint64_t kMaxBody = 16 << 20;

http::ClientRequest modelsRequest(provider::UpstreamCall call, const Prober::Options& options) {
  http::ClientRequest request;
  request.origin = std::move(call.origin);
  request.method = std::move(call.method);
  request.path = std::move(call.path);
  request.headers = std::move(call.headers);
  request.headers.add("Accept", "application/json");
  request.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION);
  request.timeouts = {options.connect, options.total, options.total, options.total};
  return request;
}

// AWS knows who asks, and does not let them list models; they may call them all the same.
bool mayNotList(const http::Fetched& answer) {
  return answer.status == 403 &&
         answer.header("x-amzn-errortype").starts_with("AccessDeniedException");
}

ProbeResult judge(int status) {
  const std::string answered = "the provider answered " + std::to_string(status);
  if (status >= 200 && status < 300) return {true, true, status, {}, "the credential works"};
  if (status == 401 || status == 403) {
    return {true, false, status, {}, answered + ": it refuses the credential"};
  }
  if (status == 429) {
    return {true, true, status, {}, answered + ": it is there, and limits the rate"};
  }
  if (status >= 400 && status < 500) {
    return {true,
            true,
            status,
            {},
            answered +
                ": it is there, but does not list its models, so "
                "the credential could not be checked"};
  }
  if (status >= 300 && status < 400) {
    return {false,
            false,
            status,
            {},
            answered +
                ": redirects are not followed; give the base URL "
                "that it leads to"};
  }
  return {false, false, status, {}, answered};
}

ProbeResult notReached(http::FailureKind kind) {
  std::string message = std::string("the provider cannot be reached: ") + http::failureName(kind);
  if (kind == http::FailureKind::EgressRefused) {
    message += "; only providers marked private may live on a loopback or private address";
  }
  return {false, false, 0, {}, std::move(message)};
}

ProbeResult notAsked(const ApiError& error) { return {false, false, 0, {}, error.message}; }

}  // namespace

ProbeResult Prober::probe(const model::Provider& provider) const {
  const auto endpoint = provider::endpointOf(provider);
  if (!endpoint) return notAsked(endpoint.error());
  auto call = provider::prepare(provider, *endpoint, {provider::Action::ListModels}, {});
  if (!call) return notAsked(call.error());
  const auto credential = services_.credentials.wait(provider);
  if (!credential) return {true, false, 0, {}, credential.error().message};
  http::ClientRequest request = modelsRequest(*std::move(call), options_);
  const Status signed_off =
      provider::authorize(provider, *endpoint, *credential, services_.clock.now(), request);
  if (!signed_off) return notAsked(signed_off.error());
  const SteadyTime begin = std::chrono::steady_clock::now();
  const auto answer = http::fetch(services_.loop, services_.client, std::move(request), kMaxBody);
  ProbeResult result = !answer               ? notReached(answer.error().kind)
                       : mayNotList(*answer) ? judge(404)
                                             : judge(answer->status);
  result.latency = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  return result;
}

}  // namespace penstock::upstream
