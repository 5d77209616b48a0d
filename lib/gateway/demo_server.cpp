#include "gateway/demo_server.h"

#include "demo/routes.h"

namespace penstock {

DemoServer::DemoServer(std::vector<http::Loop*> loops, const Clock& clock)
    : router_(demo::demoRoutes(clock), demo::renderDemoError),
      server_(std::move(loops),
              {.limits = {},
               .tls = nullptr,
               .handler = [this](const http::ExchangePtr& exchange) { router_.dispatch(exchange); },
               .render_error = demo::renderDemoError}) {}

http::Socket DemoServer::connect(const std::string& name, http::Loop& loop) {
  if (name != "demo") return {};
  auto [ours, theirs] = http::socketPair();
  server_.adopt(std::move(theirs), loop);
  return std::move(ours);
}

}  // namespace penstock
