#include "manage/routes.h"

#include "base/id.h"
#include "manage/auth.h"
#include "manage/errors.h"
#include "manage/openapi.h"

namespace penstock::manage {
namespace {

// Changes are worth a line each; so is what only the log may say about a failure.
void logOutcome(Services& services, const http::Request& request, const std::string& request_id,
                const Answer& answer, const std::string& caller) {
  const int status = answer ? answer->status : httpStatus(answer.error().kind);
  const bool failed = status >= 500;
  if (!failed && (request.method == "GET" || request.method == "HEAD")) return;
  services.log.log(failed ? LogLevel::Error : LogLevel::Info, "manage",
                   {{"method", std::string(request.method)},
                    {"path", std::string(request.path)},
                    {"status", std::to_string(status)},
                    {"caller", caller},
                    {"request_id", request_id}});
  if (!failed || answer) return;
  services.log.error("manage_failed",
                     {{"request_id", request_id}, {"detail", answer.error().detail}});
}

// What every request passes, in this order: auth → role → handler.
Answer answerAs(Services& services, const ResourceRoute& route, const http::Request& request,
                std::string& caller_id) {
  const auto snapshot = services.config.current();
  const UnixMillis now = services.clock.now();
  const auto caller = authenticate(*snapshot, request, now);
  if (!caller) return caller.error();
  caller_id = (*caller)->id;
  if (auto allowed = requireRole(**caller, route.role); !allowed) return std::move(allowed).error();
  return route.handler(services, Call{request, snapshot, **caller, now});
}

http::Response serve(Services& services, const ResourceRoute& route, const http::Request& request) {
  const std::string request_id = newUuid();
  std::string caller_id;
  Answer answer = answerAs(services, route, request, caller_id);
  logOutcome(services, request, request_id, answer, caller_id);
  http::Response response = answer ? std::move(*answer) : errorResponse(std::move(answer).error());
  addRequestId(response, request_id);
  return response;
}

http::Handler mounted(Services& services, http::WorkerPool& pool, const ResourceRoute& route) {
  return http::blocking(
      pool,
      [&services, route](const http::Request& request) { return serve(services, route, request); },
      renderError, services.log);
}

}  // namespace

std::vector<ResourceRoute> resourceTable() {
  std::vector<ResourceRoute> table;
  for (const auto rows :
       {organizationRoutes(), projectRoutes(), apiKeyRoutes(), managementKeyRoutes(),
        providerRoutes(), routingConfigRoutes(), logRoutes()}) {
    table.insert(table.end(), rows.begin(), rows.end());
  }
  return table;
}

std::vector<http::Route> manageRoutes(Services& services, http::WorkerPool& pool) {
  std::vector<http::Route> routes = openapiRoutes();
  for (const ResourceRoute& route : resourceTable()) {
    for (const std::string_view base : kBasePaths) {
      routes.push_back({std::string(route.method), std::string(base) + std::string(route.path),
                        mounted(services, pool, route)});
    }
  }
  return routes;
}

}  // namespace penstock::manage
