// What a routing config says of embeddings, over real sockets.
#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"
#include "support/fake_upstream.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// A list of one vector with these numbers.
std::string list(const std::string& numbers) {
  return R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":)" + numbers +
         R"(}],"model":"served","usage":{"prompt_tokens":4,"total_tokens":4}})";
}

// Two providers `a` and `b`, and a config @vectors of a model at each.
struct World {
  World(FakeUpstream::Script of_a, FakeUpstream::Script of_b, const std::string& model_a,
        const std::string& more = R"(,"embedding_dimensions":2)")
      : a(std::move(of_a)), b(std::move(of_b)) {
    addProvider("a", a);
    addProvider("b", b);
    const Answer made =
        manage.post("/manage/v1/routing-configs",
                    R"({"name":"vectors","policy":"fallback_chain","config":{"models":["a/)" +
                        model_a + R"(","b/text-embedding-3-small"]})" + more + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
  }
  void addProvider(const std::string& name, const FakeUpstream& upstream) {
    REQUIRE(manage
                .post("/manage/v1/providers",
                      R"({"verify":false,"vendor":"openai","private":true,"name":")" + name +
                          R"(","base_url":")" + upstream.baseUrl() + R"("})")
                .status == 201);
  }
  Answer embed(const std::string& more = "", const std::string& model = "@vectors") {
    return proxy.post("/v1/embeddings", R"({"model":")" + model + R"(","input":"x")" + more + "}");
  }

  FakeUpstream a, b;
  Gateway gateway = quietGateway();
  Api manage = manageOf(gateway);
  Api proxy = proxyOf(gateway);
};

}  // namespace

TEST_SUITE("proxy/embeddings") {
  TEST_CASE("the config's dimensions go up instead of the caller's") {
    World world(answering(list("[0.60,0.8]")), answering(list("[]")), "text-embedding-3-large");
    const Answer answer = world.embed(R"(,"dimensions":1536)");
    CHECK(answer.status == 200);
    CHECK(answer.body == list("[0.60,0.8]"));
    CHECK(world.embed().status == 200);
    CHECK(world.a.seen()[0].body ==
          R"({"model":"text-embedding-3-large","input":"x","dimensions":2})");
    CHECK(world.a.seen()[1].body == world.a.seen()[0].body);
    // A request that names no config is the caller's business.
    CHECK(world.embed(R"(,"dimensions":5)", "a/text-embedding-3-large").status == 200);
    CHECK(contains(world.a.seen()[2].body, R"("dimensions":5)"));
  }

  TEST_CASE("Google's models embed for callers of OpenAI's API, and fit the config's dimensions") {
    World world(answering(R"({"embeddings":[{"values":[0.6,0.8]}]})"), answering(list("[1,0]")),
                "m");
    REQUIRE(
        world.manage
            .post(
                "/manage/v1/providers",
                R"({"verify":false,"vendor":"google","private":true,"name":"g","api_key":"AIza0",)"
                R"("base_url":")" +
                    world.a.baseUrl().substr(0, world.a.baseUrl().rfind('/')) + R"("})")
            .status == 201);
    REQUIRE(
        world.manage
            .post(
                "/manage/v1/routing-configs",
                R"({"name":"google","policy":"single","config":{"model":"g/gemini-embedding-001"},)"
                R"("embedding_dimensions":2})")
            .status == 201);
    const Answer answer = world.embed("", "@google");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(contains(answer.body, R"("embedding":[0.6,0.8])"));
    const Seen asked = world.a.seen().back();
    CHECK(asked.target == "/v1beta/models/gemini-embedding-001:batchEmbedContents");
    CHECK(contains(asked.body, R"("outputDimensionality":2)"));
    CHECK(answer.header("X-Modelux-Provider-Used") == "google");
    const Answer tokens =
        world.proxy.post("/v1/embeddings", R"({"model":"g/gemini-embedding-001","input":[1,2]})");
    CHECK(tokens.status == 400);
    CHECK(contains(tokens.body, R"("param":"input")"));
  }

  TEST_CASE("longer vectors are shortened where the model allows it") {
    World world(answering(list("[3,4,12]")), answering(list("[]")), "text-embedding-3-large");
    CHECK(world.embed().body == list("[0.6,0.8]"));
    CHECK(world.b.seen().empty());
  }

  TEST_CASE("what does not fit fails over, is paid for, and does not blame the target") {
    World world(answering(list("[3,4,12]")), answering(list("[0.6,0.8]")),
                "text-embedding-ada-002");
    const Answer answer = world.embed();
    CHECK(answer.status == 200);
    CHECK(answer.body == list("[0.6,0.8]"));
    CHECK(world.a.seen()[0].body == R"({"model":"text-embedding-ada-002","input":"x"})");
    const auto logs = parsed(world.manage.get("/manage/v1/logs?limit=1").body);
    const auto row = logs.root().find("data")->at(0);
    CHECK(row.intAt("attempts") == 2);
    const auto trace = parsed(
        world.manage.get("/manage/v1/logs/" + std::string(*row.stringAt("request_id")) + "/trace")
            .body);
    const auto first = trace.root().find("data")->find("attempts")->at(0);
    CHECK(first.stringAt("status") == "misfit");
    CHECK(first.intAt("input_tokens") == 4);
    CHECK(first.find("cost_usd")->asDouble().value_or(0) > 0);
    for (int i = 0; i < 20; ++i) CHECK(world.embed().status == 200);
    CHECK(world.a.seen().size() == 21);  // its breaker has not opened
  }

  TEST_CASE("a provider that refuses dimensions is passed over") {
    World world(answering(R"({"error":{"message":"unknown parameter","param":"dimensions"}})", 400),
                answering(list("[0.6,0.8]")), "old-embedder");
    CHECK(world.embed().body == list("[0.6,0.8]"));
  }

  TEST_CASE("when nobody fits the answer is 502, once") {
    World world(answering(list("[1,2,3]")), answering(list("[1]")), "old-embedder");
    const Answer answer = world.embed();
    CHECK(answer.status == 502);
    CHECK(errorCode(answer) == "embedding_dimensions_mismatch");
    CHECK(answer.header("x-should-retry") == "false");
    CHECK(world.a.seen().size() == 1);
    CHECK(world.b.seen().size() == 1);
  }

  TEST_CASE("embeddings are kept too, as they were made to fit") {
    World world(answering(list("[3,4,12]")), answering(list("[]")), "text-embedding-3-large",
                R"(,"embedding_dimensions":2,"cache":{"mode":"exact"})");
    const Answer first = world.embed();
    const Answer again = world.embed(R"(,"user":"u")");
    CHECK(again.header("X-Modelux-Cache") == "HIT");
    CHECK(again.header("X-Modelux-Cost-Usd") == "0.000000");
    CHECK(again.body == first.body);
    CHECK(world.a.seen().size() == 1);
    CHECK(world.embed(R"(,"encoding_format":"float")").header("X-Modelux-Cache") == "MISS");
  }
}
