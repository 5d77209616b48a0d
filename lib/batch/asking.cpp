#include "batch/asking.h"

#include "provider/credential.h"
#include "provider/relay_call.h"

namespace penstock::batch {
namespace {

constexpr std::chrono::minutes kLongest{60};  // for the output of a large batch

Result<http::Fetched> told(Result<http::Fetched, http::Failure> answer) {
  if (answer) return *std::move(answer);
  return ApiError{ErrorKind::UpstreamFailed, "upstream_failed",
                  std::string("the provider failed: ") + http::failureName(answer.error().kind)};
}

}  // namespace

Result<http::ClientRequest> Asking::request(const model::Provider& provider,
                                            std::string_view path) const {
  const auto endpoint = provider::endpointOf(provider);
  if (!endpoint) return endpoint.error();
  auto call = provider::prepareRelay(provider, *endpoint, {.method = "GET", .path = path});
  if (!call) return std::move(call).error();
  const auto credential = services_.credentials.wait(provider);
  if (!credential) return credential.error();
  http::ClientRequest request;
  request.origin = std::move(call->origin);
  request.method = std::move(call->method);
  request.path = std::move(call->path);
  request.headers = std::move(call->headers);
  request.headers.add("Accept", "*/*");
  request.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION);
  request.timeouts = services_.timeouts;
  const Status signed_off =
      provider::authorize(provider, *endpoint, *credential, services_.clock.now(), request);
  if (!signed_off) return signed_off.error();
  return request;
}

Result<http::Fetched> Asking::get(const model::Provider& provider, std::string_view path) const {
  auto asked = request(provider, path);
  if (!asked) return std::move(asked).error();
  return told(http::fetch(services_.loop, services_.client, *std::move(asked)));
}

Result<http::Fetched> Asking::getInto(const model::Provider& provider, std::string_view path,
                                      std::function<bool(std::string_view)> sink) const {
  auto asked = request(provider, path);
  if (!asked) return std::move(asked).error();
  asked->timeouts.total = kLongest;
  return told(
      http::fetchInto(services_.loop, services_.client, *std::move(asked), std::move(sink)));
}

Pricing pricingOf(const Services& services, const config::Snapshot& snapshot,
                  const model::Provider& provider, const model::Project* project, UnixMillis now) {
  std::string_view catalogue = services.prices.providerOf(provider.vendor, provider.base_url);
  if (catalogue.empty()) catalogue = services.prices.providerOf(provider.vendor, std::nullopt);
  Pricing pricing{{services.prices, snapshot.prices()}, {provider.name, catalogue}};
  if (project != nullptr) pricing.unknown = project->settings.unknown_model_policy;
  pricing.now = now;
  return pricing;
}

}  // namespace penstock::batch
