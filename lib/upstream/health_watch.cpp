#include "upstream/health_watch.h"

#include <exception>
#include <utility>

#include "json/writer.h"
#include "webhook/envelope.h"

namespace penstock::upstream {
namespace {

constexpr size_t kProbeQueue = 1'000;

std::string eventData(const model::Provider& provider, const routing::HealthStatus& status,
                      const HealthChanges::Change& change) {
  std::string data;
  json::Writer out(data);
  out.beginObject().field("provider_id", provider.id).field("vendor", provider.vendor);
  out.field("name", provider.name).field("from", routing::healthStateName(change.from));
  out.field("to", routing::healthStateName(change.to)).field("success_rate", status.success_rate);
  out.field("p50_ms", status.p50_ms);
  out.field("last_error",
            status.last_error.empty() ? std::nullopt : std::optional(status.last_error));
  out.endObject();
  return data;
}

}  // namespace

HealthWatch::HealthWatch(Services services, Options options)
    : services_(std::move(services)),
      options_(options),
      probers_(options.probe_threads, kProbeQueue) {}

HealthWatch::~HealthWatch() { close(); }

void HealthWatch::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void HealthWatch::close() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

// The store may refuse for a while (a full disk): said once, told with a later look.
void HealthWatch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      look();
      failed_ = false;
    } catch (const std::exception& failure) {
      if (!std::exchange(failed_, true)) {
        services_.log.error("health_watch_failed", {{"reason", failure.what()}});
      }
    }
    std::unique_lock lock(sleep_);
    woken_.wait_for(lock, stop, options_.look_every, [] { return false; });
  }
}

void HealthWatch::look() {
  const auto snapshot = services_.config.get();
  const UnixMillis now = services_.clock.now();
  std::vector<Told> news;
  for (const model::Provider& provider : snapshot->providers()) {
    routing::HealthStatus status = services_.health.status(provider.id, now);
    if (const auto change = changes_.see(provider.id, status.state)) {
      news.push_back({provider, std::move(status), *change});
    }
    probeIfDue(provider);
  }
  forgetDeleted(*snapshot);
  if (!news.empty()) tell(*snapshot, news);
}

void HealthWatch::tell(const config::Snapshot& snapshot, const std::vector<Told>& news) {
  const UnixMillis now = services_.clock.now();
  services_.store.write([&](store::Tables& tables) {
    for (const Told& told : news) {
      tables.webhook_outbox.emit(
          webhook::makeEvent({.type = "provider.health_changed",
                              .org_id = snapshot.organization().id,
                              .data = eventData(told.provider, told.status, told.change)},
                             now));
    }
  });
  for (const Told& told : news) {
    changes_.told(told.provider.id, told.change);
    services_.log.warn("provider_health_changed",
                       {{"provider", told.provider.id},
                        {"name", told.provider.name},
                        {"from", std::string(routing::healthStateName(told.change.from))},
                        {"to", std::string(routing::healthStateName(told.change.to))},
                        {"last_error", told.status.last_error}});
  }
  if (services_.wake_webhooks) services_.wake_webhooks();
}

void HealthWatch::probeIfDue(const model::Provider& provider) {
  if (!provider.probe_interval_seconds) return;
  const SteadyTime now = services_.clock.steady();
  const auto last = probed_at_.find(provider.id);
  const auto interval = std::chrono::seconds(*provider.probe_interval_seconds);
  if (last != probed_at_.end() && now - last->second < interval) return;
  if (!probing_.lock()->insert(provider.id).second) return;
  const bool taken = probers_.submit([this, provider] { probe(provider); });
  if (taken) {
    probed_at_[provider.id] = now;
  } else {
    probing_.lock()->erase(provider.id);
  }
}

void HealthWatch::probe(const model::Provider& provider) {
  const ProbeResult result = services_.prober.probe(provider);
  services_.health.recordProbe(provider.id, result.ok() ? "" : result.message,
                               services_.clock.now());
  probing_.lock()->erase(provider.id);
}

void HealthWatch::forgetDeleted(const config::Snapshot& snapshot) {
  const auto exists = [&](const std::string& id) { return snapshot.findProvider(id) != nullptr; };
  changes_.keepOnly(exists);
  std::erase_if(probed_at_, [&](const auto& probed) { return !exists(probed.first); });
}

}  // namespace penstock::upstream
