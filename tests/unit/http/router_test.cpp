#include "http/router.h"

#include <doctest/doctest.h>

#include <string>

#include "support/http_server.h"

using namespace penstock::http;
using namespace penstock::test;

namespace {

Handler named(std::string name) {
  return [name = std::move(name)](const ExchangePtr& exchange) {
    std::string body = name;
    for (const auto& [key, value] : exchange->request().params)
      body += " " + std::string(key) + "=" + value;
    exchange->respond({200, "text/plain", body, {}});
  };
}

struct RoutedServer {
  explicit RoutedServer(std::vector<Route> routes)
      : router(std::move(routes), renderPlain),
        http([this](const ExchangePtr& exchange) { router.dispatch(exchange); }) {}
  RawResponse ask(const std::string& method, const std::string& target) {
    return http.ask(method + " " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" +
                    (method == "POST" ? "Content-Length: 0\r\n\r\n" : "\r\n"));
  }
  std::string get(const std::string& target) {
    const RawResponse response = ask("GET", target);
    return response.status == 200 ? response.body : std::to_string(response.status);
  }
  Router router;
  HttpServer http;
};

}  // namespace

TEST_SUITE("http/router") {
  TEST_CASE("segments match literally, by parameter, or as the rest") {
    RoutedServer server({{"GET", "/", named("root")},
                         {"GET", "/v1/models", named("list")},
                         {"GET", "/v1/models/{id...}", named("model")},
                         {"GET", "/keys/{id}", named("key")},
                         {"GET", "/keys/{key}/uses/{use}", named("use")},
                         {"GET", "/keys/new", named("new")}});
    CHECK(server.get("/") == "root");
    CHECK(server.get("/v1/models") == "list");
    CHECK(server.get("/v1/models?x=1") == "list");
    CHECK(server.get("/v1/models/gpt-4o") == "model id=gpt-4o");
    CHECK(server.get("/v1/models/openai/gpt-4o") == "model id=openai/gpt-4o");
    CHECK(server.get("/v1/models/a%2Fb%20c") == "model id=a/b c");
    CHECK(server.get("/keys/new") == "new");
    CHECK(server.get("/keys/newer") == "key id=newer");
    CHECK(server.get("/keys/a%0d%0ab") == "key id=a\r\nb");
    CHECK(server.get("/keys/7/uses/9") == "use key=7 use=9");
    for (const char* target :
         {"/v1", "/v1/", "/v1/models/", "/keys", "/keys/", "/keys//uses/9", "/keys/7/uses", "//",
          "/V1/models", "/keys/%", "/keys/%zz", "/v1/models/%1", "/keys/7/", "/nothing"}) {
      INFO(target);
      CHECK(server.get(target) == "404");
    }
  }

  TEST_CASE("a literal that leads nowhere gives way to a parameter") {
    RoutedServer server({{"GET", "/a/b/c", named("literal")},
                         {"GET", "/a/{x}/d", named("parameter")},
                         {"GET", "/a/{rest...}", named("rest")}});
    CHECK(server.get("/a/b/c") == "literal");
    CHECK(server.get("/a/b/d") == "parameter x=b");
    CHECK(server.get("/a/b/e") == "rest rest=b/e");
    CHECK(server.get("/a/b") == "rest rest=b");
  }

  TEST_CASE("methods: Allow on 405, OPTIONS, HEAD as GET") {
    RoutedServer server({{"GET", "/x", named("get")},
                         {"POST", "/x", named("post")},
                         {"DELETE", "/y", named("delete")}});
    CHECK(server.ask("POST", "/x").body == "post");
    const RawResponse wrong = server.ask("DELETE", "/x");
    CHECK(wrong.status == 405);
    CHECK(wrong.header("Allow") == "GET, HEAD, POST, OPTIONS");
    CHECK(server.ask("GET", "/y").header("Allow") == "DELETE, OPTIONS");
    CHECK(server.ask("HEAD", "/y").status == 405);
    const RawResponse options = server.ask("OPTIONS", "/x");
    CHECK(options.status == 204);
    CHECK(options.header("Allow") == "GET, HEAD, POST, OPTIONS");
    CHECK(server.ask("OPTIONS", "*").status == 204);
    CHECK(server.ask("OPTIONS", "/z").status == 404);
    const RawResponse head = server.ask("HEAD", "/x");
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "3");
    CHECK(server.ask("GET", "/nothing").header("X-Path") == "/nothing");
  }

  TEST_CASE("a path of very many segments costs little and crashes nothing") {
    RoutedServer server(
        {{"GET", "/{a}/{b}", named("two")}, {"GET", "/a/a/a/{rest...}", named("deep")}});
    std::string path;
    for (int i = 0; i < 4000; ++i) path += "/a";
    CHECK(server.get(path).starts_with("deep rest=a/a/"));
    CHECK(server.get("/" + std::string(8000, '/')) == "404");
  }
}
