#include <doctest/doctest.h>

#include <string>

#include "json/document.h"
#include "support/api.h"

using namespace penstock;
using namespace penstock::test;

namespace {

struct BadRequest {
  const char* name;
  std::string body;
  int status;
  const char* contains;  // names what is wrong
};

std::string withMessages(const std::string& rest) {
  return R"({"messages":[{"role":"user","content":"x"}])" + rest + "}";
}

std::string nested(size_t levels) {
  return R"({"model":"@default","messages":)" + std::string(levels - 1, '[') +
         std::string(levels - 1, ']') + "}";
}

}  // namespace

TEST_SUITE("proxy/errors") {
  TEST_CASE("bad input is answered with the right status and names the field") {
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    const std::string crash_number = "0." + std::string(400, '0') + "1e-2147483639";
    for (const BadRequest& bad : std::vector<BadRequest>{
             {"empty body", "", 400, "invalid_json"},
             {"not JSON", "hello", 400, "invalid_json"},
             {"an array", "[]", 400, "object"},
             {"trailing bytes", withMessages(R"(,"model":"@default")") + "x", 400, "invalid_json"},
             {"missing messages", R"({"model":"@default"})", 400, "messages"},
             {"missing model", withMessages(""), 400, "model"},
             {"messages of the wrong type", R"({"model":"@default","messages":"x"})", 400,
              "messages"},
             {"no message", R"({"model":"@default","messages":[]})", 400, "messages"},
             {"model of the wrong type", withMessages(R"(,"model":5)"), 400, "model"},
             {"stream of the wrong type", withMessages(R"(,"model":"@default","stream":"yes")"),
              400, "stream"},
             {"tags of the wrong type", withMessages(R"(,"model":"@default","mlx:tags":[1])"), 400,
              "mlx:tags"},
             {"duplicate model", withMessages(R"(,"model":"@default","model":"x")"), 400, "model"},
             {"unknown bare model", withMessages(R"(,"model":"what-is-this")"), 400, "gpt-*"},
             {"unknown config", withMessages(R"(,"model":"@nope")"), 404,
              "routing_config_not_found"},
             {"vendor without a provider", withMessages(R"(,"model":"openai/gpt-4o")"), 404,
              "openai"},
             {"bare model without a provider", withMessages(R"(,"model":"gpt-4o")"), 404, "openai"},
             {"65 levels deep", nested(65), 400, "deep"},
             {"invalid UTF-8", withMessages(",\"model\":\"@default\",\"user\":\"\xff\""), 400,
              "UTF-8"},
             {"a number that crashes RapidJSON",
              withMessages(R"(,"model":"@default","temperature":)" + crash_number), 400, "number"},
             {"2 MB of brackets", std::string(2 << 20, '['), 400, "deep"},
         }) {
      INFO(bad.name);
      const Answer answer = proxyOf(gateway).post("/v1/chat/completions", bad.body);
      CHECK(answer.status == bad.status);
      INFO(answer.body.substr(0, 300));
      CHECK(answer.body.find(bad.contains) != std::string::npos);
      const auto document = json::parse(answer.body);
      REQUIRE(document);
      CHECK(document->root().find("error")->stringAt("message").has_value());
      CHECK(answer.header("X-Modelux-Request-Id").size() == 36);
    }
  }

  TEST_CASE("a body past the limit is refused before it is sent") {
    Gateway gateway = Gateway::start({.ephemeral = true, .max_body_bytes = 1 << 20, .quiet = true});
    const Answer answer = proxyOf(gateway).post("/v1/chat/completions", std::string(3 << 20, ' '));
    CHECK(answer.status == 413);
    CHECK(answer.body.find("payload_too_large") != std::string::npos);
  }

  TEST_CASE("unknown paths and wrong methods are answered in the caller's dialect") {
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    const Answer unknown = proxyOf(gateway).get("/v1/nothing");
    CHECK(unknown.status == 404);
    CHECK(unknown.body.find(R"("code":"unknown_path")") != std::string::npos);
    const Answer wrong = proxyOf(gateway).get("/v1/chat/completions");
    CHECK(wrong.status == 405);
    CHECK(wrong.header("Allow") == "POST, OPTIONS");
    const Answer options = proxyOf(gateway).send("OPTIONS", "/v1/models", "");
    CHECK(options.status == 204);
    CHECK(options.header("Access-Control-Allow-Origin").empty());
  }

  TEST_CASE("a missing, wrong or foreign key is a 401 that does not repeat it") {
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    const std::string body = withMessages(R"(,"model":"@default")");
    for (const std::string& key :
         {std::string(), std::string("mlx_sk_wrong-0123456789"), std::string("sk-other-0123456789"),
          gateway.managementKey(), std::string(1000, 'k')}) {
      Api api(gateway.proxyUrl(), key);
      const Answer answer = api.post("/v1/chat/completions", body);
      CHECK(answer.status == 401);
      CHECK(answer.body.find(R"("type":"authentication_error")") != std::string::npos);
      if (!key.empty()) CHECK(answer.body.find(key) == std::string::npos);
    }
  }

  TEST_CASE("the key may come as Bearer, x-api-key or api-key") {
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    Api stranger(gateway.proxyUrl(), "");
    for (const char* header : {"x-api-key", "api-key", "X-API-Key"}) {
      CHECK(stranger.send("GET", "/v1/models", "", {{header, gateway.projectKey()}}).status == 200);
    }
    CHECK(stranger
              .send("GET", "/v1/models", "", {{"Authorization", "bearer " + gateway.projectKey()}})
              .status == 200);
  }

  TEST_CASE("every route but the health checks wants a key") {
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    size_t checked = 0;
    for (const RouteName& route : routeNames()) {
      if (route.api != "proxy" || route.path == "/healthz" || route.path == "/readyz") continue;
      INFO(route.method << " " << route.path);
      Api stranger(gateway.proxyUrl(), "");
      std::string path = route.path;
      if (const size_t parameter = path.find('{'); parameter != std::string::npos)
        path.replace(parameter, path.find('}') + 1 - parameter, "x");
      CHECK(stranger.send(route.method, path, route.method == "GET" ? "" : "{}").status == 401);
      ++checked;
    }
    CHECK(checked >= 10);
  }
}
