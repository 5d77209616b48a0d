// Gemini's embedContent and batchEmbedContents, as bytes on sockets.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "integration/manage_support.h"
#include "support/fake_upstream.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// A provider `up` of this vendor at an upstream that answers so, below its address.
struct World {
  World(const std::string& vendor, const std::string& answer, int status = 200)
      : upstream(answering(answer, status)) {
    add("up", vendor, upstream);
  }
  void add(const std::string& name, const std::string& vendor, const FakeUpstream& at) {
    const std::string url = at.baseUrl();
    const std::string base = vendor == "openai" ? url : url.substr(0, url.rfind('/'));
    const Answer added =
        manage.post("/manage/v1/providers",
                    R"({"verify":false,"private":true,"api_key":"sk-1234567890","vendor":")" +
                        vendor + R"(","name":")" + name + R"(","base_url":")" + base + R"("})");
    REQUIRE_MESSAGE(added.status == 201, added.body);
  }
  void route(const std::string& name, const std::string& models, const std::string& more = "") {
    const Answer made = manage.post("/manage/v1/routing-configs",
                                    R"({"policy":"fallback_chain","name":")" + name +
                                        R"(","config":{"models":[)" + models + "]}" + more + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
  }
  Answer one(const std::string& model, const std::string& more = "",
             const std::string& base = "/v1beta") {
    return proxy.post(base + "/models/" + model + ":embedContent",
                      R"({"content":{"parts":[{"text":"Hello"}]})" + more + "}");
  }
  Answer batch(const std::string& model, const std::string& requests) {
    return proxy.post("/v1beta/models/" + model + ":batchEmbedContents",
                      R"({"requests":[)" + requests + "]}");
  }

  FakeUpstream upstream;
  Gateway gateway = quietGateway();
  Api manage = manageOf(gateway);
  Api proxy = proxyOf(gateway);
};

std::string data(const std::string& vectors) {
  return R"({"object":"list","data":[)" + vectors +
         R"(],"model":"text-embedding-3-small","usage":{"prompt_tokens":4,"total_tokens":4}})";
}
std::string vector(int index, const std::string& numbers) {
  return R"({"object":"embedding","index":)" + std::to_string(index) + R"(,"embedding":)" +
         numbers + "}";
}

constexpr const char* kText = R"("content":{"parts":[{"text":"Hello"}]})";

std::string request(const std::string& more = "") { return "{" + (kText + more) + "}"; }

json::Document lastLog(World& world) {
  return parsed(world.manage.get("/manage/v1/logs?limit=1").body);
}

}  // namespace

TEST_SUITE("proxy/embed_content") {
  TEST_CASE("a provider of Google's gets the caller's bytes, and the caller Google's") {
    const std::string said =
        R"({ "embedding":{"values":[0.10,2]}, "usageMetadata":{"promptTokenCount":3}, "new":1 })";
    World world("google", said);
    for (const char* base : {"/v1beta", "/v1", "/gemini/v1beta", "/gemini/v1"}) {
      const Answer answer = world.one(
          "up/gemini-embedding-001",
          R"(, "taskType":"RETRIEVAL_DOCUMENT","title":"T","new":[ 1 ],"mlx:tags":{"team":"ml"})",
          base);
      REQUIRE_MESSAGE(answer.status == 200, answer.body);
      CHECK(answer.body == said);
      CHECK(answer.header("X-Penstock-Dropped").empty());
      CHECK(answer.header("X-Modelux-Provider-Used") == "google");
    }
    const Seen asked = world.upstream.seen().back();
    CHECK(asked.target == "/v1beta/models/gemini-embedding-001:embedContent");
    CHECK(
        asked.body ==
        R"({"content":{"parts":[{"text":"Hello"}]}, "taskType":"RETRIEVAL_DOCUMENT","title":"T","new":[ 1 ]})");
    const auto log = lastLog(world);
    const auto row = log.root().find("data")->at(0);
    CHECK(row.stringAt("endpoint") == "embeddings");
    CHECK(row.intAt("input_tokens") == 3);
    CHECK(row.find("total_cost_usd")->asDouble().value_or(0) > 0);
    CHECK(row.find("tags")->stringAt("team") == "ml");
  }

  TEST_CASE("a batch names the model that is asked in each of its requests") {
    const std::string said = R"({"embeddings":[{"values":[1]},{"values":[2]}]})";
    World world("google", said);
    const Answer answer =
        world.batch("up/gemini-embedding-001",
                    request(R"(,"model":"models/up/gemini-embedding-001")") + "," + request());
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(answer.body == said);
    const Seen asked = world.upstream.seen().back();
    CHECK(asked.target == "/v1beta/models/gemini-embedding-001:batchEmbedContents");
    CHECK(asked.body == R"({"requests":[)" + request(R"(,"model":"models/gemini-embedding-001")") +
                            "," + request(R"(,"model":"models/gemini-embedding-001")") + "]}");
    const Answer other = world.batch("up/gemini-embedding-001",
                                     request() + "," + request(R"(,"model":"models/other")"));
    CHECK(other.status == 400);
    CHECK(contains(other.body, R"("status":"INVALID_ARGUMENT")"));
    CHECK(contains(other.body, "requests.1.model"));
    CHECK(world.upstream.seen().size() == 1);
  }

  TEST_CASE("a provider of OpenAI's embeds, and what it cannot be told is named") {
    World world("openai", data(vector(1, "[0,1]") + "," + vector(0, "[0.6,0.8]")));
    const Answer answer =
        world.batch("up/text-embedding-3-small",
                    request(R"(,"taskType":"CLUSTERING","outputDimensionality":2)") + "," +
                        request(R"(,"outputDimensionality":2)"));
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(
        answer.body ==
        R"({"embeddings":[{"values":[0.6,0.8]},{"values":[0,1]}],"usageMetadata":{"promptTokenCount":4}})");
    CHECK(answer.header("X-Penstock-Dropped") == "requests.taskType");
    CHECK(answer.header("X-Modelux-Model-Used") == "text-embedding-3-small");
    const Seen asked = world.upstream.seen().back();
    CHECK(asked.target == "/v1/embeddings");
    CHECK(asked.body ==
          R"({"model":"text-embedding-3-small","input":["Hello","Hello"],"dimensions":2})");
    const auto log = lastLog(world);
    const auto row = log.root().find("data")->at(0);
    CHECK(row.intAt("input_tokens") == 4);
    CHECK(row.find("total_cost_usd")->asDouble().value_or(0) > 0);
  }

  TEST_CASE("one content is answered with one vector, its parts as paragraphs of one text") {
    World world("openai", data(vector(0, "[0.6,0.8]")));
    const Answer answer =
        world.proxy.post("/v1beta/models/up/m:embedContent",
                         R"({"content":{"parts":[{"text":"a"},{"text":"b"}]},"title":"T"})");
    CHECK(answer.body ==
          R"({"embedding":{"values":[0.6,0.8]},"usageMetadata":{"promptTokenCount":4}})");
    CHECK(answer.header("X-Penstock-Dropped") == "title");
    CHECK(contains(world.upstream.seen().back().body, R"("input":["a\n\nb"])"));
    const Answer picture = world.proxy.post(
        "/v1beta/models/up/m:embedContent",
        R"({"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}}]}})");
    CHECK(picture.status == 400);
    CHECK(contains(picture.body, "content.parts"));
    CHECK(world.upstream.seen().size() == 1);
  }

  TEST_CASE("a project may rather refuse than have something left out") {
    World world("openai", data(vector(0, "[0.6,0.8]")));
    const std::string project = listAll(world.manage, "/projects", "id").at(0);
    const Answer set = world.manage.patch("/manage/v1/projects/" + project,
                                          R"({"settings":{"unsupported_parameters":"refuse"}})");
    REQUIRE_MESSAGE(set.status == 200, set.body);
    const Answer refused = world.one("up/m", R"(,"taskType":"CLUSTERING")");
    CHECK(refused.status == 400);
    CHECK(contains(refused.body, "taskType"));
    CHECK(contains(refused.body, R"("reason":"unsupported_parameter")"));
    CHECK(world.upstream.seen().empty());
    CHECK(world.one("up/m").status == 200);
  }

  TEST_CASE("vectors too few are no answer") {
    World world("openai", data(vector(0, "[0.6,0.8]")));
    const Answer answer = world.batch("up/m", request() + "," + request());
    CHECK(answer.status == 502);
    CHECK(contains(answer.body, "without a valid JSON answer"));
  }

  TEST_CASE("the config's dimensions hold for every target, and what does not fit fails over") {
    World world("google", R"({"embedding":{"values":[1,2,3]}})");
    FakeUpstream other{answering(data(vector(0, "[3,4,12]")))};
    world.add("b", "openai", other);
    world.route("vectors", R"("up/old-embedder","b/text-embedding-3-small")",
                R"(,"embedding_dimensions":2)");
    const Answer answer = world.one("@vectors", R"(,"outputDimensionality":7)");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(contains(answer.body, R"("embedding":{"values":[0.6,0.8]})"));
    CHECK(contains(world.upstream.seen().back().body, R"("outputDimensionality":2)"));
    CHECK(contains(other.seen().back().body, R"("dimensions":2)"));
    const auto log = lastLog(world);
    CHECK(log.root().find("data")->at(0).intAt("attempts") == 2);
  }

  TEST_CASE(
      "a provider's refusal is told in Google's shape, and a vendor without embeddings says so") {
    World world("openai", R"({"error":{"message":"bad input","type":"invalid_request_error"}})",
                400);
    const Answer refused = world.one("up/m");
    CHECK(refused.status == 400);
    CHECK(contains(refused.body, R"("status":"INVALID_ARGUMENT")"));
    CHECK(contains(refused.body, "bad input"));
    world.add("claude", "anthropic", world.upstream);
    const Answer none = world.one("claude/claude-x");
    CHECK(none.status == 422);
    CHECK(contains(none.body, "no endpoint for embeddings"));
    CHECK(world.proxy.post("/v1beta/models/up/m:embedText", "{}").status == 404);
  }

  TEST_CASE("the demo provider embeds for callers of Google's API") {
    Gateway gateway = quietGateway();
    const Answer answer =
        proxyOf(gateway).post("/v1beta/models/demo/demo-embedding:batchEmbedContents",
                              R"({"requests":[)" + request() + "," + request() + "]}");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    const auto read = parsed(answer.body);
    CHECK(read.root().find("embeddings")->size() == 2);
    CHECK(read.root().find("embeddings")->at(0).find("values")->size() > 10);
  }

  TEST_CASE("guardrails read what is to be embedded") {
    World world("google", R"({"embedding":{"values":[1]}})");
    const std::string project = listAll(world.manage, "/projects", "id").at(0);
    const Answer set = world.manage.patch(
        "/manage/v1/projects/" + project,
        R"({"settings":{"guardrails":[{"name":"k","kind":"keywords","where":"input","action":"block","keywords":["forbidden"]}]}})");
    REQUIRE_MESSAGE(set.status == 200, set.body);
    CHECK(world.one("up/m").status == 200);
    CHECK(world.one("up/m", R"(,"title":"forbidden")").status == 403);
    CHECK(world.batch("up/m", R"({"content":{"parts":[{"text":"forbidden"}]}})").status == 403);
    CHECK(world.upstream.seen().size() == 1);
  }
}
