#include "gateway/operations.h"

namespace penstock {
namespace {

void answerText(const http::ExchangePtr& exchange, int status, std::string text) {
  http::Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  if (status == 503) response.headers.add("Retry-After", "1");
  exchange->respond(response);
}

}  // namespace

std::vector<http::Route> healthRoutes(std::function<bool()> ready) {
  return {
      {"GET", "/healthz",
       [](const http::ExchangePtr& exchange) { answerText(exchange, 200, "ok\n"); }},
      {"GET", "/readyz",
       [ready = std::move(ready)](const http::ExchangePtr& exchange) {
         ready() ? answerText(exchange, 200, "ready\n") : answerText(exchange, 503, "not ready\n");
       }},
  };
}

http::Route metricsRoute(const metrics::Registry& registry) {
  return {"GET", "/metrics", [&registry](const http::ExchangePtr& exchange) {
            http::Response response;
            response.content_type = "text/plain; version=0.0.4; charset=utf-8";
            response.body = registry.exposition();
            exchange->respond(response);
          }};
}

}  // namespace penstock
