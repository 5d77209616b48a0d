#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string chat(const std::string& model, const std::string& rest = "") {
  return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"tell me"}])" + rest +
         "}";
}

}  // namespace

TEST_SUITE("manage/logs") {
  TEST_CASE("an answered request can be read at once, by its id") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer answer = proxyOf(gateway).post("/v1/chat/completions", chat("@default"));
    REQUIRE(answer.status == 200);
    const std::string id = answer.header("X-Modelux-Request-Id");
    runScenarios(api, {{"read",
                        "GET",
                        "/logs/" + id,
                        "",
                        200,
                        {R"("request_id":")" + id, R"("requested_model":"@default")",
                         R"("status":200)", R"("usage":{"source":"provider")",
                         R"("cost":{"priced":true)", R"("timings":{)", R"("request_body":null)"},
                        {"tell me"}},
                       {"list", "GET", "/logs", "", 200, {id}, {"tell me", "request_body"}}});
  }

  TEST_CASE("bodies are kept only where the project says so") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string project = listAll(api, "/projects", "id").at(0);
    REQUIRE(api.patch("/manage/v1/projects/" + project, R"({"settings":{"retain_payloads":true}})")
                .status == 200);
    const Answer answer = proxyOf(gateway).post("/v1/chat/completions", chat("@default"));
    runScenarios(
        api, {{"read",
               "GET",
               "/logs/" + answer.header("X-Modelux-Request-Id"),
               "",
               200,
               {R"("request_body":{"model":"@default")", "tell me", R"("response_body":{"id")"}}});
  }

  TEST_CASE("lists are filtered and paged, newest first") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    for (int i = 0; i < 5; ++i) {
      REQUIRE(proxy
                  .post("/v1/chat/completions",
                        chat("@default", R"(,"mlx:end_user":"ann","mlx:tags":{"team":"ml"})"))
                  .status == 200);
    }
    REQUIRE(proxy.post("/v1/chat/completions", chat("@nope")).status == 404);
    const auto count = [&](const std::string& query) {
      return listAll(api, "/logs" + query, "request_id", 2).size();
    };
    CHECK(count("") == 6);
    CHECK(count("?status=2xx") == 5);
    CHECK(count("?status=4xx") == 1);
    CHECK(count("?status=5xx") == 0);
    CHECK(count("?end_user=ann") == 5);
    CHECK(count("?endUser=bob") == 0);
    CHECK(count("?model=@nope") == 1);
    CHECK(count("?provider=demo&status=2xx") == 5);
    CHECK(count("?project_id=default") == 6);
    CHECK(count("?project_id=proj_x") == 0);
    CHECK(count("?tags=%7B%22team%22%3A%22ml%22%7D") == 5);
    CHECK(count("?start=2020-01-01") == 6);
    CHECK(count("?end=2020-01-01T00:00:00Z") == 0);
    CHECK(listAll(api, "/logs", "requested_model", 2).at(0) == "@nope");
  }
}
