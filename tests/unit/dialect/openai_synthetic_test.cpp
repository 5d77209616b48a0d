#include "dialect/openai_synthetic.h"

#include <doctest/doctest.h>

#include <vector>

#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/openai_synthetic") {
  TEST_CASE("a dry run is a valid empty completion with its trace") {
    const DryRun run{"chatcmpl-1", 1700000000, "gpt-4o", R"({"steps":[]})"};
    const auto document = json::parse(renderDryRun(run));
    REQUIRE(document);
    CHECK(document->root().text() ==
          R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o",)"
          R"("choices":[{"index":0,"message":{"role":"assistant","content":"","refusal":null},)"
          R"("logprobs":null,"finish_reason":"stop"}],"mlx:trace":{"steps":[]},"mlx:dry_run":true,)"
          R"("usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}})");
  }

  TEST_CASE("a streamed dry run is one chunk and [DONE]") {
    CHECK(renderDryRunStream({"c", 1, "m", ""}) ==
          "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
          "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
          "\"logprobs\":null,\"finish_reason\":\"stop\"}],\"mlx:dry_run\":true}\n\n"
          "data: [DONE]\n\n");
  }

  TEST_CASE("models render alone and as a list") {
    const std::vector<ModelEntry> models = {{"@default", 5, "modelux"},
                                            {"openai/gpt-4o", 6, "openai"}};
    CHECK(renderModel(models[0]) ==
          R"({"id":"@default","object":"model","created":5,"owned_by":"modelux"})");
    CHECK(
        renderModelList(models) ==
        R"({"object":"list","data":[{"id":"@default","object":"model","created":5,"owned_by":"modelux"},)"
        R"({"id":"openai/gpt-4o","object":"model","created":6,"owned_by":"openai"}]})");
    CHECK(renderModelList({}) == R"({"object":"list","data":[]})");
  }
}
