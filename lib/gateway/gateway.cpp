#include "penstock/gateway.h"

#include <algorithm>
#include <span>

#include "alert/budget_alerts.h"
#include "base/log.h"
#include "base/sync.h"
#include "batch/desk.h"
#include "budget/ledger.h"
#include "budget/rate_limit.h"
#include "cache/response_cache.h"
#include "config/config_store.h"
#include "email/sender.h"
#include "executor/executor.h"
#include "gateway/data_folder.h"
#include "gateway/demo_server.h"
#include "gateway/dry_run.h"
#include "gateway/health_metrics.h"
#include "gateway/mail.h"
#include "gateway/operations.h"
#include "gateway/settings.h"
#include "gateway/telemetry.h"
#include "http/client.h"
#include "http/loop.h"
#include "http/resolver.h"
#include "http/server.h"
#include "http/tls.h"
#include "http/worker_pool.h"
#include "manage/auth.h"
#include "manage/errors.h"
#include "manage/host_guard.h"
#include "manage/log_json.h"
#include "manage/openapi.h"
#include "manage/routes.h"
#include "metrics/registry.h"
#include "pricing/catalogue.h"
#include "proxy/batch_lines.h"
#include "proxy/routes.h"
#include "proxy/surface.h"
#include "responses/keeper.h"
#include "routing/health.h"
#include "store/provision.h"
#include "store/store.h"
#include "trace/follow.h"
#include "trace/recorder.h"
#include "upstream/health_watch.h"
#include "upstream/probe.h"
#include "webhook/dispatcher.h"

namespace penstock {
namespace {

constexpr size_t kManageThreads = 4;
constexpr size_t kManageQueue = 256;
constexpr size_t kVerifyThreads = 8;  // each held by one call to a provider
constexpr size_t kVerifyQueue = 64;
constexpr std::chrono::seconds kLastSpans{5};  // for the collector, at the end

template <typename T>
void append(std::vector<T>& to, std::vector<T> more) {
  std::move(more.begin(), more.end(), std::back_inserter(to));
}

}  // namespace

// Owns every part; members are in the order of construction, each needing only those above it.
class Gateway::Impl {
 public:
  explicit Impl(GatewayOptions given)
      : options(normalised(std::move(given))),
        folder(options.ephemeral ? DataFolder::Kind::Temporary : DataFolder::Kind::Kept,
               options.data_dir),
        log(logOptions(options), clock),
        store(orThrow(store::Store::open(storeOptions(options, folder), clock))),
        shelf(store->dataDir() / "files", options.file_bytes),
        first_keys(provision()),
        config(orThrow(config::ConfigStore::load(*store))),
        alerts(clock, couriers()),
        ledger(*store, clock, log, &alerts, {}, config->current()->parts().budgets),
        followers(manage::logSummary, {}),
        recorder(store->log(), clock, log, recorderOptions()),
        upstream_tls(orThrow(http::TlsContext::client(options.ca_file))),
        proxy_context{config->published(),
                      prices,
                      rate_limits,
                      ledger,
                      health,
                      retries,
                      recorder,
                      metrics,
                      clock,
                      log,
                      proxyOptions(options)},
        manage_pool(kManageThreads, kManageQueue),
        verify_pool(kVerifyThreads, kVerifyQueue) {
    configureLedger();
    startCache();
    startLoops();
    startProxy();
    startManage();
    registerGauges();
    desk->start();
    responses->start();
    executor->start();
    listen();
    *delivering.lock() = true;
    health_watch->start();
  }

  ~Impl() { stop(); }

  bool stop() {
    if (std::exchange(stopped, true)) return drained;
    draining.store(true);
    const auto until = std::chrono::steady_clock::now() + options.drain;
    proxy_server->beginDrain();
    manage_server->beginDrain();
    executor->beginDrain();
    drained = proxy_server->waitIdle(options.drain);
    // Requests of batches are made again after the next start: those that take longer lose nothing.
    executor->waitIdle(std::max(std::chrono::duration_cast<std::chrono::milliseconds>(
                                    until - std::chrono::steady_clock::now()),
                                std::chrono::milliseconds(0)));
    recorder.flush();
    followers.close();  // who follows has seen the last of them
    drained = drained && manage_server->waitIdle(std::chrono::seconds(5));
    proxy_server->close();
    manage_server->close();
    demo_server->close();
    health_watch->close();
    executor->close();
    desk->close();
    *delivering.lock() = false;
    if (mails) mails->close();
    webhooks->close();  // not destroyed: a management worker may be about to wake it
    if (spans) spans->close(kLastSpans);
    // Clients go on their own loops, after what the closed connections left behind there.
    for (size_t i = 0; i < loops.size(); ++i) {
      loops[i]->post([this, i] {
        loop_contexts[i]->endLeft();
        clients[i]->closeIdle();
      });
    }
    for (auto& loop : loops) loop->stop();
    executor->join();
    desk->join();
    responses->finish();
    if (spans) spans->join();
    ledger.sync();  // nobody is resumed on a loop that is gone
    recorder.flush();
    log.info("stopped", {{"drained", drained ? "yes" : "no"}});
    return drained;
  }

  const GatewayOptions options;
  const OptionsClock clock{options};
  DataFolder folder;
  Logger log;
  const std::unique_ptr<store::Store> store;
  executor::Shelf shelf;  // of files that are kept here
  store::FirstKeys first_keys;
  const std::unique_ptr<config::ConfigStore> config;
  metrics::Registry metrics;
  const pricing::PriceCatalogue prices = pricing::PriceCatalogue::builtIn();
  budget::RateLimiter rate_limits;
  // Whether what alerts wrote can be delivered now; else it is at the next start.
  Sync<bool> delivering{false};
  alert::BudgetAlerts alerts;
  // Requests that end with the loops settle in it: it ends after them.
  budget::Ledger ledger;
  routing::HealthBoard health;
  routing::RetryBudget retries;
  trace::Followers followers;
  trace::Recorder recorder;
  // Requests that end with the loops are offered to it; its own thread has ended by then.
  std::optional<telemetry::Exporter> spans;  // when there is a collector
  const std::shared_ptr<http::TlsContext> upstream_tls;
  std::optional<cache::ResponseCache> cache;  // when it may hold something
  proxy::Context proxy_context;
  budget::RateLimiter manage_rate_limits;
  manage::InFlight manage_in_flight;
  std::vector<std::unique_ptr<http::Loop>> loops;
  http::Resolver resolver;  // its threads post to the loops: it ends before them
  std::unique_ptr<DemoServer> demo_server;
  std::vector<std::unique_ptr<http::Client>> clients;  // by loop
  // Requests that end with the loops may wait for a token: it ends after them.
  std::optional<upstream::Credentials> credentials;
  std::vector<std::unique_ptr<proxy::LoopContext>> loop_contexts;  // by loop
  std::optional<proxy::BatchLines> batch_lines;
  std::optional<executor::Executor> executor;
  std::optional<batch::Desk> desk;             // its threads post to the loops: it ends before them
  std::optional<responses::Keeper> responses;  // likewise
  std::optional<upstream::Prober> prober;
  std::optional<webhook::Dispatcher> webhooks;
  std::optional<email::Sender> mails;  // when there is a relay
  std::optional<upstream::HealthWatch> health_watch;
  std::optional<manage::Services> manage_services;
  http::WorkerPool manage_pool, verify_pool;
  std::unique_ptr<http::Router> proxy_router, manage_router;
  std::unique_ptr<http::Server> proxy_server, manage_server;
  std::string proxy_url, manage_url, data_dir, project_key, management_key;
  std::atomic<bool> draining{false};
  bool stopped = false;
  bool drained = true;

 private:
  store::FirstKeys provision() {
    for (const std::string& warning : store->warnings()) log.warn("store", {{"warning", warning}});
    store::FirstKeys keys = store::bootstrap(*store, clock);
    if (options.demo) {
      store->write(
          [this](store::Tables& tables) { store::ensureDemoProvider(tables, clock.now()); });
    }
    return keys;
  }

  // The ledger tells until it ends, which is after those who deliver.
  alert::Couriers couriers() {
    const auto wake = [this](auto& courier) {
      auto open = delivering.lock();
      if (*open && courier) courier->wake();
    };
    return {[this, wake] { wake(webhooks); }, [this, wake] { wake(mails); }};
  }

  void startCache() {
    if (options.cache_bytes == 0) return;
    proxy_context.cache = &cache.emplace(options.cache_bytes, clock, metrics);
  }

  // The ledger hears of budgets before requests do.
  void configureLedger() {
    config->beforePublish([this](const config::Snapshot& next) {
      const bool same = next.parts().budgets == config->current()->parts().budgets;
      if (!same) ledger.configure(next.parts().budgets);
    });
  }

  trace::Recorder::Options recorderOptions() {
    trace::Recorder::Options recorder_options;
    recorder_options.flush_every = options.log_flush;
    recorder_options.retention = {.days = options.log_days, .bytes = options.log_bytes};
    recorder_options.on_stored = [this](std::span<const model::RequestLog> rows) {
      followers.tell(rows);
    };
    return recorder_options;
  }

  std::vector<http::Loop*> loopPointers() const {
    std::vector<http::Loop*> pointers;
    for (const auto& loop : loops) pointers.push_back(loop.get());
    return pointers;
  }

  void startLoops() {
    for (int i = 0; i < options.threads; ++i) loops.push_back(std::make_unique<http::Loop>());
    demo_server = std::make_unique<DemoServer>(loopPointers(), clock);
    http::ClientOptions client_options;
    client_options.connect_internal = [this](const std::string& name, http::Loop& loop) {
      return demo_server->connect(name, loop);
    };
    for (auto& loop : loops) {
      clients.push_back(
          std::make_unique<http::Client>(*loop, resolver, upstream_tls, client_options));
      loop_contexts.push_back(
          std::make_unique<proxy::LoopContext>(proxy_context, *loop, *clients.back()));
    }
    // Calls that belong to no request are few: one loop makes them.
    credentials.emplace(
        upstream::Credentials::Services{*loops.front(), *clients.front(), clock, log});
    proxy_context.credentials = &*credentials;
    desk.emplace(batch::Services{config->published(), *store, ledger, recorder, prices,
                                 *credentials, *loops.front(), *clients.front(), clock, log,
                                 proxy_context.options.timeouts});
    proxy_context.desk = &*desk;
    proxy_context.responses =
        &responses.emplace(responses::Keeper::Services{*store, clock, log}, keeperOptions(options));
    startExecutor();
    for (auto& loop : loops) loop->start();
    prober.emplace(
        upstream::Prober::Services{*loops.front(), *clients.front(), *credentials, clock});
    webhooks.emplace(webhook::Dispatcher::Services{*store, *loops.front(), *clients.front(), clock,
                                                   log, metrics});
    health_watch.emplace(upstream::HealthWatch::Services{config->published(), *store, health,
                                                         *prober, clock, log, couriers().webhooks});
    if (auto relay = mailServer(options)) {
      mails.emplace(email::Sender::Services{*store, resolver, upstream_tls, clock, log, metrics},
                    *std::move(relay));
    }
    startSpans();
  }

  void startExecutor() {
    std::vector<proxy::LoopContext*> contexts;
    for (const auto& context : loop_contexts) contexts.push_back(context.get());
    batch_lines.emplace(std::move(contexts));
    executor.emplace(executor::Services{*store, shelf, clock, log, executorOptions(options)},
                     *batch_lines);
    proxy_context.executor = &*executor;
  }

  void startSpans() {
    auto collector = spanCollector(options);
    if (!collector) return;
    log.info("exporting_spans", {{"collector", collector->origin.host_header}});
    spans.emplace(
        telemetry::Exporter::Services{
            telemetry::sendThrough(*loops.front(), *clients.front(), *std::move(collector)), clock,
            log, metrics},
        spanExporterOptions(options));
    proxy_context.telemetry = &*spans;
  }

  proxy::LoopContext& contextOf(const http::Loop& loop) {
    const auto found = std::find_if(loop_contexts.begin(), loop_contexts.end(),
                                    [&](const auto& context) { return &context->loop == &loop; });
    return **found;
  }

  bool ready() const { return !draining.load(std::memory_order_relaxed) && !recorder.full(); }

  void startProxy() {
    auto routes = proxy::proxyRoutes(
        [this](const http::Loop& loop) -> proxy::LoopContext& { return contextOf(loop); });
    append(routes, healthRoutes([this] { return ready(); }));
    proxy_router = std::make_unique<http::Router>(std::move(routes), proxy::renderEdgeError);
    http::Server::Options server;
    server.limits = serverLimits(options);
    server.tls = listenerTls(options);
    server.handler = [this](const http::ExchangePtr& exchange) {
      proxy_router->dispatch(exchange);
    };
    server.render_error = proxy::renderEdgeError;
    server.admit_body = [this](const http::Request& request) {
      return proxy::admitBody(proxy_context, request);
    };
    server.limits.spool_directory = folder.path();
    server.body_rule = [this](const http::Request& request) {
      return proxy::bodyRule(proxy_context, request);
    };
    proxy_server = std::make_unique<http::Server>(loopPointers(), std::move(server));
  }

  void startManage() {
    manage_services.emplace(manage::Services{
        .config = *config,
        .clock = clock,
        .log = log,
        .prices = prices,
        .prober = *prober,
        .health = health,
        .rate_limits = manage_rate_limits,
        .in_flight = manage_in_flight,
        .followers = followers,
        .rate_limit_rpm = options.manage_rate_limit_rpm,
        .flush_logs = [this] { recorder.flush(); },
        .wake_webhooks = couriers().webhooks,
        .sync_ledger = [this] { ledger.sync(); },
        .ledger_standing =
            [this](std::string_view account_id, std::string_view value) {
              return ledger.standing(account_id, value, clock.now());
            },
        .dry_run =
            [this](auto snapshot, const model::Project& project, std::string_view body) {
              return dryRunOn(*loop_contexts.front(), {std::move(snapshot), project, body});
            },
        .ledger_totals =
            [this](std::string_view account_id) { return ledger.totals(account_id, clock.now()); },
        .hold_cap =
            [this](std::string_view account_id, int64_t at_most, int64_t settled) {
              return ledger.holdCap(account_id, at_most, settled, clock.now());
            },
    });
    auto routes = manage::manageRoutes(*manage_services, {manage_pool, verify_pool});
    append(routes, healthRoutes([this] { return ready(); }));
    routes.push_back(metricsRoute(metrics));
    manage_router = std::make_unique<http::Router>(std::move(routes), manage::renderError);
    http::Server::Options server;
    server.limits = serverLimits(options);
    server.limits.body_bytes = std::min<uint64_t>(options.max_body_bytes, 16 << 20);
    server.tls = listenerTls(options);
    server.handler = [this](const http::ExchangePtr& exchange) {
      if (const auto refused = manage::refuseHost(exchange->request(), options.manage_hosts)) {
        return exchange->respond(manage::renderError(exchange->request(), *refused));
      }
      manage_router->dispatch(exchange);
    };
    server.render_error = manage::renderError;
    server.admit_body = [this](const http::Request& request) {
      return manage::admitBody(*manage_services, request);
    };
    manage_server = std::make_unique<http::Server>(loopPointers(), std::move(server));
  }

  void registerGauges() {
    const auto gauge = [this](const char* name, const char* help, auto read) {
      metrics.gauge(name, help, [read] { return static_cast<double>(read()); });
    };
    gauge("penstock_connections", "Open client connections of the proxy API.",
          [this] { return proxy_server->counters().open.load(); });
    gauge("penstock_requests_in_flight", "Proxy requests being served.",
          [this] { return proxy_context.in_flight.load(); });
    gauge("penstock_connections_shed", "Connections refused with 503 because there were too many.",
          [this] { return proxy_server->counters().shed.load(); });
    gauge("penstock_requests_refused", "Requests refused before routing.",
          [this] { return proxy_server->counters().refused.load(); });
    gauge("penstock_log_rows_written", "Request log rows written since start.",
          [this] { return recorder.written(); });
    gauge("penstock_log_rows_dropped", "Request log rows lost since start.",
          [this] { return recorder.dropped(); });
    gauge("penstock_log_queue_fill", "Fill of the request log queue, 0 to 1.",
          [this] { return recorder.fill(); });
    gauge("penstock_log_followers", "Those who follow live traffic.",
          [this] { return followers.count(); });
    gauge("penstock_budget_refusals", "Requests that a budget refused since start.",
          [this] { return ledger.refusals(); });
    gauge("penstock_budget_overruns",
          "Requests that cost more than their reservation since start: prices or limits are wrong.",
          [this] { return ledger.overruns(); });
    gauge("penstock_budget_buckets", "Budget buckets in memory.",
          [this] { return ledger.buckets(); });
    gauge("penstock_responses_lost", "Responses that could not be kept since start.",
          [this] { return responses->lost(); });
    gauge("penstock_batches_here", "Batches being executed here.",
          [this] { return executor->batches(); });
    gauge("penstock_batch_lines_in_flight", "Their requests being served.",
          [this] { return executor->linesUnderWay(); });
    gauge("penstock_file_bytes", "Bytes of files kept here.", [this] { return shelf.bytes(); });
    registerTargetGauges(metrics, health, clock);
    gauge("penstock_config_version", "Version of the configuration in force.",
          [this] { return config->current()->version(); });
  }

  void listen() {
    manage_url = urlOf(options, options.manage_listen,
                       orThrow(manage_server->listen(options.manage_listen)));
    proxy_url =
        urlOf(options, options.proxy_listen, orThrow(proxy_server->listen(options.proxy_listen)));
    data_dir = folder.path().string();
    if (first_keys.project_key) project_key = first_keys.project_key->reveal();
    if (first_keys.management_key) management_key = first_keys.management_key->reveal();
    log.info("listening", {{"proxy", proxy_url}, {"manage", manage_url}, {"data_dir", data_dir}});
  }
};

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gateway::Gateway(Gateway&&) noexcept = default;
Gateway& Gateway::operator=(Gateway&&) noexcept = default;
Gateway::~Gateway() = default;

Gateway Gateway::start(GatewayOptions options) {
  return Gateway(std::make_unique<Impl>(std::move(options)));
}

const std::string& Gateway::proxyUrl() const { return impl_->proxy_url; }
const std::string& Gateway::manageUrl() const { return impl_->manage_url; }
const std::string& Gateway::dataDir() const { return impl_->data_dir; }
const std::string& Gateway::projectKey() const { return impl_->project_key; }
const std::string& Gateway::managementKey() const { return impl_->management_key; }
bool Gateway::stop() { return impl_->stop(); }
void Gateway::flushLogs() { impl_->recorder.flush(); }

std::vector<RouteName> routeNames() {
  std::vector<RouteName> names;
  const auto take = [&](const char* api, const std::vector<http::Route>& routes) {
    for (const http::Route& route : routes) names.push_back({api, route.method, route.pattern});
  };
  // The tables are made without their parts: nobody dispatches through them here.
  take("proxy", proxy::proxyRoutes({}));
  take("proxy", healthRoutes({}));
  for (const std::string_view base : manage::kBasePaths) {
    for (const manage::ResourceRoute& route : manage::resourceTable()) {
      names.push_back({"manage", std::string(route.method), std::string(base).append(route.path)});
    }
  }
  take("manage", manage::openapiRoutes());
  take("manage", healthRoutes({}));
  names.push_back({"manage", "GET", "/metrics"});
  return names;
}

}  // namespace penstock
