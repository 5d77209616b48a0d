// penstock routes: the route tables of both APIs.
#include <iostream>
#include <memory>
#include <string>

#include "commands.h"
#include "json/document.h"
#include "json/writer.h"
#include "penstock/gateway.h"
#include "table.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {{"API", "api"}, {"METHOD", "method"}, {"PATH", "path"}};

std::string routesJson() {
  std::string text;
  json::Writer out(text);
  out.beginArray();
  for (const RouteName& route : routeNames()) {
    out.beginObject().field("api", route.api).field("method", route.method);
    out.field("path", route.path).endObject();
  }
  out.endArray();
  return text;
}

}  // namespace

void addRoutes(CLI::App& app, int&) {
  CLI::App& command = *app.add_subcommand("routes", "List the endpoints of both APIs");
  auto as_json = std::make_shared<bool>(false);
  command.add_flag("--json", *as_json, "As a JSON array");
  command.callback([as_json] {
    const std::string text = routesJson();
    if (*as_json) {
      std::cout << text << "\n";
    } else if (const auto document = json::parse(text)) {
      std::cout << tableOf(document->root(), kColumns);
    }
  });
}

}  // namespace penstock::cli
