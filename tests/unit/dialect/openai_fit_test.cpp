#include "dialect/openai_fit.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace penstock;
using namespace penstock::dialect;

namespace {

struct Fit {
  std::string body, dropped;
  bool refused = false;
};

Fit fitted(const std::string& text, const OpenAiServer& server, OnLoss on_loss = OnLoss::Drop) {
  json::ObjectIndex body;
  REQUIRE(json::scanObject(text, body));
  Losses losses(Dialect::OpenAi, on_loss);
  if (!needsFit(body, server)) return {text, {}};
  Fit fit{fitOpenAiRequest(body, server, losses), losses.header()};
  fit.refused = losses.error().has_value();
  return fit;
}

}  // namespace

TEST_SUITE("dialect/openai_fit") {
  TEST_CASE("OpenAI itself takes everything") {
    const std::string text =
        R"({"model":"m","messages":[{"role":"developer","content":"x"}],"n":2,"logprobs":true,)"
        R"("parallel_tool_calls":false,"max_tokens":1,"max_completion_tokens":2,"seed":3,"z":{}})";
    json::ObjectIndex body;
    REQUIRE(json::scanObject(text, body));
    CHECK_FALSE(needsFit(body, {}));
  }

  TEST_CASE("a limit goes by the name that the server knows, and nothing else changes") {
    OpenAiServer older;
    older.limit_field = "max_tokens";
    CHECK(fitted(R"({ "max_completion_tokens": 9, "x" : 1.0 })", older).body ==
          R"({  "x" : 1.0 ,"max_tokens":9})");
    CHECK(fitted(R"({"max_tokens":9})", older).body == R"({"max_tokens":9})");
    CHECK(fitted(R"({"max_tokens":9,"max_completion_tokens":5})", older).body ==
          R"({"max_tokens":9})");
    CHECK(fitted(R"({"a":1,"max_completion_tokens":null})", older).body == R"({"a":1})");
    OpenAiServer newer;
    newer.limit_field = "max_completion_tokens";
    CHECK(fitted(R"({"max_tokens":9})", newer).body == R"({"max_completion_tokens":9})");
    CHECK(fitted(R"({"max_tokens":9})", newer).dropped.empty());
  }

  TEST_CASE("what cannot be said is left out and told of, or refused where a project wants that") {
    OpenAiServer server;
    server.several_choices = server.parallel_tools = server.logprobs = server.stream_options =
        false;
    const std::string text = R"({"m":1,"n":3,"parallel_tool_calls":false,"logprobs":true,)"
                             R"("logit_bias":{"5":1},"stream_options":{"include_usage":true}})";
    const Fit fit = fitted(text, server);
    CHECK(fit.body == R"({"m":1})");
    CHECK(fit.dropped == "n, parallel_tool_calls, logprobs, logit_bias");
    CHECK_FALSE(fit.refused);
    CHECK(fitted(text, server, OnLoss::Refuse).refused);
    // Defaults ask for nothing.
    const Fit plain = fitted(R"({"m":1,"n":1,"parallel_tool_calls":true,"logprobs":false})", server,
                             OnLoss::Refuse);
    CHECK(plain.body == R"({"m":1,"n":1})");
    CHECK_FALSE(plain.refused);
  }

  TEST_CASE("developers speak as the system where they are not known") {
    OpenAiServer server;
    server.developer_role = false;
    CHECK(fitted(R"({"messages":[{"role":"developer","content":"a"}, {"role":"user","content":)"
                 R"("say \"developer\" or \"role\":\"developer\""}]})",
                 server)
              .body == R"({"messages":[{"role":"system","content":"a"},{"role":"user","content":)"
                       R"("say \"developer\" or \"role\":\"developer\""}]})");
  }

  TEST_CASE("long ids of tool calls become short ones that still match") {
    OpenAiServer server;
    server.short_tool_ids = true;
    const Fit fit =
        fitted(R"({"messages":[{"role":"assistant","tool_calls":[{"id":"call_abcdefghijkl","x":1},)"
               R"({"id":"aB3dE6gH9"}]},{"role":"tool","tool_call_id":"call_abcdefghijkl"},)"
               R"({"role":"tool","tool_call_id":"aB3dE6gH9"}]})",
               server);
    const std::string head = R"({"messages":[{"role":"assistant","tool_calls":[{"id":")";
    REQUIRE(fit.body.starts_with(head));
    const std::string id = fit.body.substr(head.size(), 9);
    CHECK(fit.body == head + id + R"(","x":1},{"id":"aB3dE6gH9"}]},{"role":"tool",)" +
                          R"("tool_call_id":")" + id +
                          R"("},{"role":"tool","tool_call_id":"aB3dE6gH9"}]})");
    CHECK(id.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
          std::string::npos);
  }

  TEST_CASE("a server that refuses members it does not know gets none") {
    constexpr std::array<std::string_view, 3> kKnown{"model", "input", "output_dimension"};
    OpenAiServer server;
    server.fields = kKnown;
    server.dimensions_field = "output_dimension";
    server.seed_field = "random_seed";
    const Fit fit = fitted(R"({"model":"m","input":"x","dimensions":256,"user":"u","seed":7,)"
                           R"("encoding_format":"float","store":true})",
                           server);
    CHECK(fit.body == R"({"model":"m","input":"x","output_dimension":256,"random_seed":7})");
    CHECK(fit.dropped == "user, store");
  }

  TEST_CASE("what is no list of messages stays the provider's to refuse") {
    OpenAiServer server;
    server.short_tool_ids = true;
    server.developer_role = false;
    const std::string text =
        R"({"messages":[1,"developer",{"tool_calls":"tool_call"},{"tool_calls":[2,{"id":5}]}]})";
    CHECK(fitted(text, server).body == text);
    CHECK(fitted(R"({"messages":"developer"})", server).body == R"({"messages":"developer"})");
  }
}
