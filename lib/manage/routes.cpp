#include "manage/routes.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/id.h"
#include "manage/answers.h"
#include "manage/auth.h"
#include "manage/errors.h"
#include "manage/openapi.h"

namespace penstock::manage {
namespace {

// The path below the base path, so that one request is the same under both.
std::string_view belowBase(std::string_view path) {
  for (const std::string_view base : kBasePaths) {
    if (path.starts_with(base)) return path.substr(base.size());
  }
  return path;
}

// One request on its way.
struct Serving {
  const ResourceRoute& route;
  const http::Request& request;
  const std::string request_id;
  std::string caller_id = {};
  http::Handler stream = {};  // what follows the answer's head, if something does
};

// Changes are worth a line each; so is what only the log may say about a failure. The path of what
// failed may hold anything, such as the key that somebody meant to revoke: it is not said.
void logOutcome(Services& services, const Serving& serving, const Answer& answer) {
  const http::Request& request = serving.request;
  const int status = answer ? answer->status : httpStatus(answer.error().kind);
  const bool failed = status >= 500;
  if (!failed && (request.method == "GET" || request.method == "HEAD")) return;
  services.log.log(failed ? LogLevel::Error : LogLevel::Info, "manage",
                   {{"method", std::string(request.method)},
                    {"path", std::string(answer ? request.path : serving.route.path)},
                    {"status", std::to_string(status)},
                    {"caller", serving.caller_id},
                    {"request_id", serving.request_id}});
  if (!failed || answer) return;
  services.log.error("manage_failed",
                     {{"request_id", serving.request_id}, {"detail", answer.error().detail}});
}

// Takes one request from the key's allowance.
Status takeRate(Services& services, const model::ManagementKey& caller) {
  const int64_t limit = caller.rate_limit_rpm.value_or(services.rate_limit_rpm);
  const SteadyTime now = services.clock.steady();
  const auto rate = services.rate_limits.bucket(caller.id, now)->take(limit, now);
  if (rate.allowed) return Unit{};
  ApiError error{ErrorKind::RateLimited, "rate_limit_exceeded",
                 fmt::format("rate limit of {} requests a minute reached for this key", limit)};
  error.retry_after_ms = std::max<int64_t>(rate.retry_after_ms, 1);
  return error;
}

// Serves a request that carries an Idempotency-Key once, and its repetitions from what was kept.
Answer serveOnce(Services& services, const ResourceRoute& route, const Call& call) {
  const auto place = services.in_flight.enter(call.idempotency->scope);
  if (!place) {
    ApiError error{ErrorKind::Conflict, "idempotency_in_flight",
                   "a request with this Idempotency-Key is being served"};
    error.retry_after_ms = 1000;
    return error;
  }
  auto kept = services.config.store().read(
      [&](store::Tables& tables) { return keptAnswer(tables, *call.idempotency, call.now); });
  if (!kept) return std::move(kept).error();
  if (*kept) return **std::move(kept);
  return route.handler(services, call);
}

bool isMutating(std::string_view method) { return method != "GET" && method != "HEAD"; }

Answer openStream(Services& services, const Call& call, Serving& serving) {
  auto opened = serving.route.stream(services, call);
  if (!opened) return std::move(opened).error();
  serving.stream = std::move(opened->run);
  return std::move(opened->head);
}

// What every request passes, in this order: auth → rate limit → role → idempotency → handler.
Answer answerAs(Services& services, Serving& serving) {
  const ResourceRoute& route = serving.route;
  const http::Request& request = serving.request;
  const auto snapshot = services.config.current();
  const UnixMillis now = services.clock.now();
  const auto caller = authenticate(*snapshot, request, now);
  if (!caller) return caller.error();
  serving.caller_id = (*caller)->id;
  if (auto allowed = takeRate(services, **caller); !allowed) return std::move(allowed).error();
  if (auto allowed = requireRole(**caller, route.role); !allowed) return std::move(allowed).error();
  Call call{request, snapshot, **caller, now, serving.request_id};
  if (route.stream != nullptr) return openStream(services, call, serving);
  if (!isMutating(route.method)) return route.handler(services, call);
  auto key = idempotencyKey(request, belowBase(request.path), **caller);
  if (!key) return std::move(key).error();
  call.idempotency = *key;
  return call.idempotency ? serveOnce(services, route, call) : route.handler(services, call);
}

// What the caller has already is not sent again.
void shortenUnchanged(const http::Request& request, http::Response& response) {
  const std::string_view has = request.headers.get("If-None-Match");
  if (has.empty() || isMutating(request.method) || response.status != kOk) return;
  const std::string_view tag = response.headers.get("ETag");
  if (tag.empty() || has.find(tag) == std::string_view::npos) return;
  response.status = 304;
  response.body.clear();
}

// The answer, to be given on the exchange's loop.
http::Handler serve(Services& services, const ResourceRoute& route, const http::Request& request) {
  Serving serving{route, request, newUuid()};
  Answer answer = answerAs(services, serving);
  logOutcome(services, serving, answer);
  http::Response response = answer ? std::move(*answer) : errorResponse(std::move(answer).error());
  shortenUnchanged(request, response);
  addRequestId(response, serving.request_id);
  const bool streams = serving.stream && request.method != "HEAD";
  return [response = std::move(response), stream = std::move(serving.stream),
          streams](const http::ExchangePtr& exchange) {
    if (!streams) return exchange->respond(response);
    exchange->start(response);
    stream(exchange);
  };
}

http::Handler mounted(Services& services, Workers workers, const ResourceRoute& route) {
  return http::blockingStart(
      route.waits == Waits::ForOthers ? workers.others : workers.store,
      [&services, route](const http::Request& request) { return serve(services, route, request); },
      renderError, services.log);
}

}  // namespace

std::vector<ResourceRoute> resourceTable() {
  std::vector<ResourceRoute> table;
  for (const auto rows : {organizationRoutes(), memberRoutes(), projectRoutes(), apiKeyRoutes(),
                          managementKeyRoutes(), providerRoutes(), modelRoutes(), priceRoutes(),
                          routingConfigRoutes(), budgetRoutes(), balanceRoutes(), webhookRoutes(),
                          auditLogRoutes(), logRoutes(), analyticsRoutes(), declarativeRoutes()}) {
    table.insert(table.end(), rows.begin(), rows.end());
  }
  return table;
}

std::vector<http::Route> manageRoutes(Services& services, Workers workers) {
  std::vector<http::Route> routes = openapiRoutes();
  for (const ResourceRoute& route : resourceTable()) {
    for (const std::string_view base : kBasePaths) {
      routes.push_back({std::string(route.method), std::string(base) + std::string(route.path),
                        mounted(services, workers, route)});
    }
  }
  return routes;
}

}  // namespace penstock::manage
