#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/exchange.h"

namespace penstock::http {

// One row of a route table. `pattern` is made of segments: literals, "{name}" for one segment, or a
// final "{name...}" for the rest of the path.
struct Route {
  std::string method;
  std::string pattern;
  Handler handler;
};

// Dispatches by path segments; no regular expressions, so cost is bounded by the path's length.
// Built once, then read-only: safe from every loop. Answers by itself, once for all resources:
//   404 for an unknown path, 405 with Allow for a known path, OPTIONS with Allow, HEAD as GET.
// Renders its own errors through the callback given, so that they are in the caller's dialect.
class Router {
 public:
  using ErrorResponder = std::function<Response(const Request&, const ApiError&)>;

  Router(std::vector<Route> routes, ErrorResponder render_error);
  ~Router();

  void dispatch(const ExchangePtr& exchange) const;

  // The table, for `penstock routes --json` and the OpenAPI comparison.
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node;

  std::vector<Route> routes_;
  ErrorResponder render_error_;
  std::unique_ptr<Node> root_;
};

}  // namespace penstock::http
