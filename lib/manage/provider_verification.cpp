#include "manage/provider_verification.h"

#include "manage/errors.h"
#include "manage/kinds.h"

namespace penstock::manage {
namespace {

void writeHealth(json::Writer& out, const routing::HealthStatus& health) {
  out.field("state", routing::healthStateName(health.state));
  out.field("success_rate", health.success_rate);
  out.field("p50_latency_ms", health.p50_ms);
  out.field("p95_latency_ms", health.p95_ms);
  out.field("samples", health.samples).field("window_seconds", routing::kHealthWindow / 1000);
  writeTime(out, "last_check_at", health.last_check_at);
  writeText(out, "last_error", health.last_error);
}

// A model that nobody asked for lately, and that may be asked, is not worth a line.
bool isWorthTelling(const routing::TargetView& view) {
  return view.readiness != routing::Readiness::Ready || view.in_flight > 0 || view.samples > 0 ||
         view.success_rate < 1;
}

void writeTarget(json::Writer& out, const std::string& model, const routing::TargetView& view) {
  const auto millis = [](int64_t value) { return value < 0 ? std::nullopt : std::optional(value); };
  out.beginObject().field("model", model);
  out.field("state", routing::readinessName(view.readiness));
  writeText(out, "reason", view.reason);
  writeTime(out, "until", view.until == 0 ? std::nullopt : std::optional(view.until));
  out.field("in_flight", view.in_flight).field("p50_ms", millis(view.p50_ms));
  out.field("p95_ms", millis(view.p95_ms)).field("success_rate", view.success_rate);
  out.field("samples", view.samples).endObject();
}

void writeTargets(json::Writer& out, const routing::HealthBoard& health,
                  const std::string& provider_id, UnixMillis now) {
  out.key("targets").beginArray();
  for (const auto& target : health.targets(provider_id)) {
    const routing::TargetView view = target.health->view(now);
    if (isWorthTelling(view)) writeTarget(out, target.model, view);
  }
  out.endArray();
}

}  // namespace

Status verifyProvider(Services& services, const model::Provider& provider) {
  const upstream::ProbeResult result = services.prober.probe(provider);
  if (result.ok()) return Unit{};
  const bool key = provider.credentials.kind == model::CredentialKind::ApiKey;
  const char* credential = key ? "/api_key" : "/credentials";
  ApiError error = fieldError(result.reached ? credential : "/base_url",
                              "verification failed: " + result.message +
                                  "; send \"verify\": false to save it all the same");
  error.code = "provider_verification_failed";
  return error;
}

void recordVerified(Services& services, const model::Provider& provider, UnixMillis now) {
  services.health.recordProbe(provider.id, "", now);
}

std::string withHealth(Services& services, std::string provider_json,
                       const model::Provider& provider, UnixMillis now) {
  provider_json.pop_back();
  json::Writer out(provider_json);
  provider_json += ",\"health\":";
  out.beginObject();
  writeHealth(out, services.health.status(provider.id, now));
  out.endObject();
  return provider_json + "}";
}

Answer showProviderHealth(Services& services, const Call& call) {
  const auto provider = services.config.store().read([&](store::Tables& tables) {
    return findVisible(kProvider, tables, call, call.request.param("provider_id"));
  });
  if (!provider) return provider.error();
  return dataAnswer(kOk, [&](json::Writer& out) {
    out.beginObject().field("provider_id", provider->id);
    writeHealth(out, services.health.status(provider->id, call.now));
    writeTargets(out, services.health, provider->id, call.now);
    out.endObject();
  });
}

Answer verifyProviderNow(Services& services, const Call& call) {
  const auto provider = services.config.store().read([&](store::Tables& tables) {
    return findVisible(kProvider, tables, call, call.request.param("provider_id"));
  });
  if (!provider) return provider.error();
  const upstream::ProbeResult result = services.prober.probe(*provider);
  services.health.recordProbe(provider->id, result.ok() ? "" : result.message,
                              services.clock.now());
  return dataAnswer(kOk, [&](json::Writer& out) {
    out.beginObject().field("provider_id", provider->id).field("ok", result.ok());
    out.key("status");
    if (result.status == 0) {
      out.null();
    } else {
      out.value(result.status);
    }
    out.field("latency_ms", result.latency.count()).field("message", result.message).endObject();
  });
}

}  // namespace penstock::manage
