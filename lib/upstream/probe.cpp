#include "upstream/probe.h"

#include <utility>

#include "http/fetch.h"
#include "provider/endpoint.h"

namespace penstock::upstream {
namespace {

// Some list thousands of models with prices and descriptions.
constexpr uint64_t kMaxBody = 16 << 20;

http::ClientRequest modelsRequest(const model::Provider& provider, provider::Endpoint endpoint,
                                  const Prober::Options& options) {
  http::ClientRequest request;
  request.origin = std::move(endpoint.origin);
  request.method = "GET";
  request.path = endpoint.base_path + "/models";
  request.headers.emplace_back("Accept", "application/json");
  request.headers.emplace_back("User-Agent", "penstock/" PENSTOCK_VERSION);
  provider::authenticate(provider, Secret(), request.headers);
  request.timeouts = {options.connect, options.total, options.total, options.total};
  return request;
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

}  // namespace

ProbeResult Prober::probe(const model::Provider& provider) const {
  auto endpoint = provider::endpointOf(provider);
  if (!endpoint) return {false, false, 0, {}, endpoint.error().message};
  const SteadyTime begin = std::chrono::steady_clock::now();
  const auto answer = http::fetch(
      loop_, client_, modelsRequest(provider, *std::move(endpoint), options_), kMaxBody);
  ProbeResult result = answer ? judge(answer->status) : notReached(answer.error().kind);
  result.latency = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  return result;
}

}  // namespace penstock::upstream
