// What answers say beside tokens, and what it costs: tiers of service and searches.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// 1,000 tokens in and 100 out.
std::string geminiAnswer(const std::string& model, const std::string& usage = "",
                         const std::string& candidate = "") {
  return R"({"candidates":[{"content":{"role":"model","parts":[{"text":"hi"}]},"finishReason":"STOP")" +
         candidate + R"(}],"usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":100,)" +
         R"("totalTokenCount":1100)" + usage + R"(},"modelVersion":")" + model + "\"}";
}

const std::string kGrounded = R"(,"groundingMetadata":{"webSearchQueries":["a","b"]})";

// Answers so, whole or as a stream, with these headers.
FakeUpstream::Script answeringAs(const std::string& body, const http::Headers& headers = {}) {
  return [body, headers](const http::ExchangePtr& exchange) {
    if (!contains(std::string(exchange->request().target), "stream"))
      return exchange->respond({200, "application/json", body, headers});
    exchange->start({200, "text/event-stream", "", headers});
    exchange->write("data: " + body + "\n\n");
    exchange->finish();
  };
}

// What the log says that one request cost, and the tier that it was served at.
struct Cost {
  int64_t nanos = 0;
  std::string tier;
};

Cost costOf(const std::string& vendor, const FakeUpstream::Script& script, const std::string& path,
            const std::string& body) {
  FakeUpstream upstream(script);
  Routed f;
  f.provider("main", upstream.baseUrl(), "", vendor);
  f.budget();
  const Answer answer = f.proxy.post(path, body);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  CHECK(contains(f.manage.get("/metrics").body, "\npenstock_budget_overruns 0\n"));
  const auto row = f.lastRow([](json::ValueRef) { return true; });
  const std::string id(row.root().stringAt("request_id").value_or(""));
  const auto detail = parsed(f.manage.get(std::string(kBase) + "/logs/" + id).body);
  const auto cost = detail.root().find("data")->find("cost");
  return {std::llround(std::stod(cost->find("total_usd")->text()) * 1e9),
          std::string(cost->stringAt("service_tier").value_or(""))};
}

std::string geminiPath(const std::string& model, const std::string& verb) {
  return "/v1beta/models/main/" + model + ":" + verb;
}

const std::string kContents = R"({"contents":[{"role":"user","parts":[{"text":"x"}]}]})";

std::string chatOf(const std::string& model, const std::string& more = "") {
  return R"({"model":"main/)" + model + R"(","messages":[{"role":"user","content":"x"}])" + more +
         "}";
}

}  // namespace

TEST_SUITE("proxy/tiers") {
  TEST_CASE("Gemini's tier is read of its answer and of its head, whoever asks") {
    // $0.50 and $3 a million: $0.0008; twice that, and half of it.
    const std::string model = "gemini-3-flash-preview";
    for (const bool stream : {false, true}) {
      const std::string verb = stream ? "streamGenerateContent?alt=sse" : "generateContent";
      const std::string streamed = stream ? R"(,"stream":true)" : "";
      CAPTURE(stream);
      const auto native = [&](const FakeUpstream::Script& script) {
        return costOf("google", script, geminiPath(model, verb), kContents);
      };
      const auto chat = [&](const FakeUpstream::Script& script) {
        return costOf("google", script, "/v1/chat/completions", chatOf(model, streamed));
      };
      const auto priority =
          answeringAs(geminiAnswer(model, R"(,"trafficType":"ON_DEMAND_PRIORITY")"));
      CHECK(native(priority).nanos == 1'600'000);
      CHECK(native(priority).tier == "priority");
      CHECK(chat(priority).nanos == 1'600'000);
      const auto flex = answeringAs(geminiAnswer(model), {{"x-gemini-service-tier", "flex"}});
      CHECK(native(flex).nanos == 400'000);
      CHECK(chat(flex).nanos == 400'000);
      const auto paid = answeringAs(geminiAnswer(model), {{"x-gemini-service-tier", "paid"}});
      CHECK(native(paid).nanos == 800'000);
      CHECK(native(paid).tier.empty());
    }
  }

  TEST_CASE("grounding by Google Search is billed by the query, or by the prompt") {
    for (const bool stream : {false, true}) {
      const std::string verb = stream ? "streamGenerateContent?alt=sse" : "generateContent";
      CAPTURE(stream);
      // $14 a thousand queries, $35 a thousand prompts.
      CHECK(costOf("google", answeringAs(geminiAnswer("gemini-3-flash-preview", "", kGrounded)),
                   geminiPath("gemini-3-flash-preview", verb), kContents)
                .nanos == 28'800'000);
      CHECK(costOf("google", answeringAs(geminiAnswer("gemini-2.5-flash", "", kGrounded)),
                   geminiPath("gemini-2.5-flash", verb), kContents)
                .nanos == 35'550'000);
    }
  }

  TEST_CASE("OpenAI's Ultrafast and its models that search for every request") {
    const auto answer = [](const std::string& model, const std::string& tier) {
      const std::string whole = completion("hi", model);  // 10 tokens in, 5 out
      return answering(whole.substr(0, whole.size() - 1) + tier + "}");
    };
    // $10 and $50 a million, six times.
    CHECK(costOf("openai", answer("gpt-6-astra", R"(,"service_tier":"ultrafast")"),
                 "/v1/chat/completions", chatOf("gpt-6-astra", R"(,"service_tier":"ultrafast")"))
              .nanos == 2'100'000);
    // $0.000075 and $0.025.
    CHECK(costOf("openai", answer("gpt-4o-search-preview", ""), "/v1/chat/completions",
                 chatOf("gpt-4o-search-preview"))
              .nanos == 25'075'000);
  }
}
