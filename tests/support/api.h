#pragma once

#include <httplib.h>

#include <string>

#include "json/document.h"
#include "penstock/gateway.h"
#include "support/exchange_log.h"

// A gateway with real sockets and a client that nobody here wrote, for integration tests.
namespace penstock::test {

struct Answer {
  int status = 0;
  std::string body;
  httplib::Headers headers;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// Splits "http://127.0.0.1:8080" for httplib, and sends with a key.
class Api {
 public:
  Api(std::string url, std::string key) : url_(std::move(url)), key_(std::move(key)) {}

  Answer get(const std::string& path) { return send("GET", path, ""); }
  Answer del(const std::string& path) { return send("DELETE", path, ""); }
  Answer post(const std::string& path, const std::string& body) { return send("POST", path, body); }
  Answer patch(const std::string& path, const std::string& body) {
    return send("PATCH", path, body);
  }
  Answer send(const std::string& method, const std::string& path, const std::string& body,
              const httplib::Headers& extra = {}) {
    httplib::Client client(url_);
    client.set_read_timeout(20);
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.headers = extra;
    if (!key_.empty() && !extra.contains("Authorization")) {
      request.headers.emplace("Authorization", "Bearer " + key_);
    }
    if (method != "GET" && method != "DELETE")
      request.headers.emplace("Content-Type", "application/json");
    const auto result = client.send(request);
    if (!result) return {};
    recordExchange(request, *result);
    return {result->status, result->body, result->headers};
  }

 private:
  std::string url_;
  std::string key_;
};

inline Api proxyOf(const Gateway& gateway) { return {gateway.proxyUrl(), gateway.projectKey()}; }
inline Api manageOf(const Gateway& gateway) {
  return {gateway.manageUrl(), gateway.managementKey()};
}

}  // namespace penstock::test
