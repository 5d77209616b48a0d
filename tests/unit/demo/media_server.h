#pragma once

#include <doctest/doctest.h>

#include <string>

#include "demo/routes.h"
#include "json/document.h"
#include "support/http_server.h"

namespace penstock::demo {

// The demo provider's routes on a socket, asked one request a connection.
class MediaServer {
 public:
  MediaServer()
      : router_(demoRoutes(clock_), renderDemoError),
        server_([this](const http::ExchangePtr& exchange) { router_.dispatch(exchange); }) {}

  test::RawResponse post(const std::string& path, const std::string& body,
                         const std::string& type = "application/json") {
    return server_.ask("POST " + path + " HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n" +
                       "Content-Type: " + type +
                       "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  json::Document postJson(const std::string& path, const std::string& body,
                          const std::string& type = "application/json") {
    const test::RawResponse answer = post(path, body, type);
    CHECK(answer.status == 200);
    auto document = json::parse(answer.body);
    REQUIRE_MESSAGE(document, answer.body);
    return *std::move(document);
  }
  // What the answer's error names: "param code", with the status before it.
  std::string refusal(const std::string& path, const std::string& body,
                      const std::string& type = "application/json") {
    const test::RawResponse answer = post(path, body, type);
    const auto document = json::parse(answer.body);
    REQUIRE_MESSAGE(document, answer.body);
    const auto error = *document->root().find("error");
    return std::to_string(answer.status) + " " + std::string(error.stringAt("param").value_or("")) +
           " " + std::string(error.stringAt("code").value_or(""));
  }

 private:
  SystemClock clock_;
  http::Router router_;
  test::HttpServer server_;
};

inline const std::string kForm = "multipart/form-data; boundary=XX";

inline std::string field(const std::string& name, const std::string& value) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}
inline std::string file(const std::string& name, const std::string& bytes) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name +
         "\"; filename=\"a.wav\"\r\n\r\n" + bytes + "\r\n";
}

}  // namespace penstock::demo
