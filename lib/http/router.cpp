#include "http/router.h"

#include <map>

#include "base/text.h"

namespace penstock::http {

// One path segment of the table. Literal children win over a parameter, a parameter over the rest.
struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> rest;
  std::string name;  // of the parameter that leads here
  std::map<std::string, const Handler*, std::less<>> handlers;
};

Router::Router(std::vector<Route> routes, ErrorResponder render_error)
    : routes_(std::move(routes)), render_error_(std::move(render_error)), root_(std::make_unique<Node>()) {
  for (const Route& route : routes_) {
    Node* node = root_.get();
    split(std::string_view(route.pattern).substr(1), '/', [&](std::string_view segment) {
      std::unique_ptr<Node>* next = nullptr;
      const bool parameter = segment.size() > 2 && segment.front() == '{';
      const bool rest = parameter && segment.ends_with("...}");
      if (parameter) {
        next = rest ? &node->rest : &node->parameter;
      } else {
        next = &node->literals[std::string(segment)];
      }
      if (!*next) *next = std::make_unique<Node>();
      node = next->get();
      if (parameter) node->name = segment.substr(1, segment.size() - (rest ? 5 : 2));
    });
    node->handlers.emplace(route.method, &route.handler);
  }
}

Router::~Router() = default;

const Router::Node* Router::find(std::string_view path, Request& request) const {
  const Node* node = root_.get();
  std::string_view left = path.substr(1);
  while (true) {
    const size_t slash = left.find('/');
    const std::string_view segment = left.substr(0, slash);
    if (const auto literal = node->literals.find(segment); literal != node->literals.end()) {
      node = literal->second.get();
    } else if (node->parameter && !segment.empty()) {
      node = node->parameter.get();
      auto decoded = percentDecode(segment);
      if (!decoded) return nullptr;
      request.params.emplace_back(node->name, std::move(*decoded));
    } else if (node->rest && !left.empty()) {
      node = node->rest.get();
      auto decoded = percentDecode(left);
      if (!decoded) return nullptr;
      request.params.emplace_back(node->name, std::move(*decoded));
      return node;
    } else {
      return nullptr;
    }
    if (slash == std::string_view::npos) return node;
    left.remove_prefix(slash + 1);
  }
}

void Router::dispatch(const ExchangePtr& exchange) const {
  Request& request = exchange->mutableRequest();
  const Node* node = request.path.starts_with('/') ? find(request.path, request) : nullptr;
  if (node == nullptr || node->handlers.empty()) {
    if (request.method == "OPTIONS" && request.path == "*") return exchange->respond({204, "", "", {}});
    return exchange->respond(render_error_(
        request, {ErrorKind::NotFound, "unknown_path", "no such endpoint: " + std::string(request.path)}));
  }
  auto handler = node->handlers.find(request.method);
  if (handler == node->handlers.end() && request.method == "HEAD") handler = node->handlers.find("GET");
  if (handler != node->handlers.end()) return (*handler->second)(exchange);
  std::string allow;
  for (const auto& [method, unused] : node->handlers) {
    allow += method + ", ";
    if (method == "GET") allow += "HEAD, ";
  }
  allow += "OPTIONS";
  if (request.method == "OPTIONS") return exchange->respond({204, "", "", {{"Allow", allow}}});
  Response response = render_error_(
      request, {ErrorKind::MethodNotAllowed, "method_not_allowed",
                std::string(request.method) + " is not allowed here; allowed: " + allow});
  response.headers.emplace_back("Allow", allow);
  exchange->respond(response);
}

}  // namespace penstock::http
