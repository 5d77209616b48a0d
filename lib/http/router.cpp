#include "http/router.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace penstock::http {

// One path segment of the table. Literal children win over a parameter, a parameter over the rest,
// where several lead to a route.
struct Router::Node {
  struct Target {
    const Handler* handler;
    std::vector<std::string> params;  // names, in the order of the pattern
  };
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> rest;
  std::map<std::string, Target, std::less<>> targets;  // by method

  // The node of a route for the path `left`; `values` receives the raw parameters. Every node of
  // the table is visited at most once for a path, so the cost is bounded by the table.
  const Node* find(std::string_view left, std::vector<std::string_view>& values) const;
  const Node* follow(std::string_view left, std::vector<std::string_view>& values) const;
};

Router::Router(std::vector<Route> routes, ErrorResponder render_error)
    : routes_(std::move(routes)),
      render_error_(std::move(render_error)),
      root_(std::make_unique<Node>()) {
  for (const Route& route : routes_) {
    Node* node = root_.get();
    std::vector<std::string> params;
    split(std::string_view(route.pattern).substr(1), '/', [&](std::string_view segment) {
      std::unique_ptr<Node>* next = nullptr;
      if (segment.size() > 2 && segment.front() == '{') {
        const bool rest = segment.ends_with("...}");
        next = rest ? &node->rest : &node->parameter;
        params.emplace_back(segment.substr(1, segment.size() - (rest ? 5 : 2)));
      } else {
        next = &node->literals[std::string(segment)];
      }
      if (!*next) *next = std::make_unique<Node>();
      node = next->get();
    });
    node->targets.emplace(route.method, Node::Target{&route.handler, std::move(params)});
  }
}

Router::~Router() = default;

// What follows the segment that led here: nothing when that was the path's last.
const Router::Node* Router::Node::follow(std::string_view left,
                                         std::vector<std::string_view>& values) const {
  if (left.empty()) return targets.empty() ? nullptr : this;
  return find(left.substr(1), values);
}

const Router::Node* Router::Node::find(std::string_view left,
                                       std::vector<std::string_view>& values) const {
  const size_t end = std::min(left.find('/'), left.size());
  const std::string_view segment = left.substr(0, end);
  const std::string_view after = left.substr(end);
  if (const auto literal = literals.find(segment); literal != literals.end()) {
    if (const Node* found = literal->second->follow(after, values)) return found;
  }
  const size_t depth = values.size();
  if (parameter && !segment.empty()) {
    values.push_back(segment);
    if (const Node* found = parameter->follow(after, values)) return found;
    values.resize(depth);
  }
  if (!rest || left.empty()) return nullptr;
  values.push_back(left);
  return rest.get();
}

void Router::dispatch(const ExchangePtr& exchange) const {
  Request& request = exchange->mutableRequest();
  std::vector<std::string_view> values;
  const Node* node =
      request.path.starts_with('/') ? root_->find(request.path.substr(1), values) : nullptr;
  std::vector<std::string> decoded;
  for (const std::string_view value : values) {
    auto text = percentDecode(value);
    if (!text) node = nullptr;
    decoded.push_back(std::move(text).value_or(std::string()));
  }
  if (node == nullptr) {
    if (request.method == "OPTIONS" && request.path == "*")
      return exchange->respond({204, "", "", {}});
    return exchange->respond(render_error_(
        request,
        {ErrorKind::NotFound, "unknown_path", "no such endpoint: " + std::string(request.path)}));
  }
  auto target = node->targets.find(request.method);
  if (target == node->targets.end() && request.method == "HEAD") target = node->targets.find("GET");
  if (target != node->targets.end()) {
    const std::vector<std::string>& names = target->second.params;
    for (size_t i = 0; i < names.size(); ++i)
      request.params.emplace_back(names[i], std::move(decoded[i]));
    return (*target->second.handler)(exchange);
  }
  std::string allow;
  for (const auto& [method, unused] : node->targets) {
    allow += method + ", ";
    if (method == "GET") allow += "HEAD, ";
  }
  allow += "OPTIONS";
  if (request.method == "OPTIONS") return exchange->respond({204, "", "", {{"Allow", allow}}});
  Response response = render_error_(
      request, {ErrorKind::MethodNotAllowed, "method_not_allowed",
                std::string(request.method) + " is not allowed here; allowed: " + allow});
  response.headers.add("Allow", allow);
  exchange->respond(response);
}

}  // namespace penstock::http
