// What a provider made and nobody saw, when its usage does not say how much: it is recorded by the
// time that it took. The times are real; what is checked lies on the safe side of them.
#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;
using std::chrono::milliseconds;

namespace {

constexpr int64_t kASecond = 400;  // tokens, dialect/unseen_output.h
constexpr milliseconds kThinking{300};
constexpr int64_t kThought = kASecond * kThinking.count() / 1000;

// Does it after a while, on the upstream's own loop.
void after(const http::ExchangePtr& exchange, milliseconds wait, std::function<void()> what) {
  auto timer = std::make_shared<std::unique_ptr<http::Timer>>();
  *timer = std::make_unique<http::Timer>(exchange->loop(), [exchange, timer, what] {
    what();
    exchange->loop().post([timer] { timer->reset(); });
  });
  (*timer)->armIn(wait);
}

// Begins a stream with these events, and breaks off after a while.
FakeUpstream::Script cutAfter(milliseconds wait, std::vector<std::string> events) {
  return [wait, events](const http::ExchangePtr& exchange) {
    exchange->start({200, "text/event-stream", "", {}});
    for (const std::string& event : events) exchange->write(event);
    after(exchange, wait, [exchange] { exchange->abort(); });
  };
}

std::string data(const std::string& event) { return "data: " + event + "\n\n"; }

// The usage of the request that was made last.
json::Document usageOf(Routed& f) {
  const auto row = f.lastRow([](json::ValueRef) { return true; });
  const std::string id(row.root().stringAt("request_id").value_or(""));
  const auto detail = parsed(f.manage.get(std::string(kBase) + "/logs/" + id).body);
  const auto usage = detail.root().find("data")->find("usage");
  REQUIRE(usage);
  return parsed(usage->text());
}

int64_t counted(const json::Document& usage, const char* bucket) {
  return usage.root().intAt(bucket).value_or(-1);
}

struct Cut {
  Cut(const std::string& model, FakeUpstream::Script script, const std::string& vendor = "openai",
      const std::string& more = "", GatewayOptions options = unlimitedOptions(), int limit = 5000)
      : upstream(std::move(script)), f(std::move(options)) {
    f.provider("main", upstream.baseUrl(), "", vendor);
    f.budget();
    answer = f.proxy.post("/v1/chat/completions",
                          R"({"model":"main/)" + model + R"(","max_completion_tokens":)" +
                              std::to_string(limit) +
                              R"(,"messages":[{"role":"user","content":"x"}])" + more + "}");
  }
  FakeUpstream upstream;
  Routed f;
  Answer answer;
};

}  // namespace

TEST_SUITE("proxy/unseen") {
  TEST_CASE("a stream that is cut while the model thinks is recorded by its time") {
    const std::string role = data(chunk(R"({"role":"assistant","content":""})"));
    Cut thinking("gpt-5", cutAfter(kThinking, {role}), "openai", R"(,"stream":true)");
    const auto usage = usageOf(thinking.f);
    CHECK(usage.root().stringAt("source") == "estimated");
    CHECK(counted(usage, "output_reasoning") >= kThought);
    CHECK(counted(usage, "output_reasoning") <= 5000);
    CHECK(counted(usage, "output_text") == 0);
    thinking.f.checkMoney();

    Cut plain("gpt-4o", cutAfter(kThinking, {role}), "openai", R"(,"stream":true)");
    CHECK(counted(usageOf(plain.f), "output_reasoning") == 0);
  }

  TEST_CASE("once it answers, what is seen counts") {
    // The cut comes long after the first word.
    Cut late("gpt-5", cutAfter(milliseconds(1500), {data(says("word"))}), "openai",
             R"(,"stream":true)");
    const auto usage = usageOf(late.f);
    CHECK(counted(usage, "output_text") >= 1);
    CHECK(counted(usage, "output_reasoning") < kASecond);
  }

  TEST_CASE("a summary of what is thought is no answer yet") {
    const std::string start =
        "event: message_start\ndata: "
        R"({"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":)"
        R"("claude-opus-4-8","content":[],"usage":{"input_tokens":9,"output_tokens":1}}})"
        "\n\n";
    const std::string thought =
        "event: content_block_start\ndata: "
        R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}})"
        "\n\nevent: content_block_delta\ndata: "
        R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"so"}})"
        "\n\n";
    for (const char* path : {"/v1/messages", "/v1/chat/completions"}) {
      Routed f;
      FakeUpstream upstream(cutAfter(kThinking, {start, thought}));
      f.provider("main", upstream.baseUrl(), "", "anthropic");
      f.proxy.post(path, R"({"model":"main/claude-opus-4-8","stream":true,"max_tokens":5000,)"
                         R"("messages":[{"role":"user","content":"x"}]})");
      const auto usage = usageOf(f);
      INFO(path);
      CHECK(counted(usage, "output_reasoning") >= kThought);
      CHECK(counted(usage, "output_text") >= 1);
    }
  }

  TEST_CASE("a whole answer that does not come in time is recorded by its time, up to the limit") {
    GatewayOptions options = unlimitedOptions();
    options.first_byte_timeout = kThinking;
    for (const char* model : {"gpt-4o", "gpt-5"}) {
      Held held;
      Cut late(model, held.script(), "openai", "", options);
      CHECK(late.answer.status == 504);
      const auto usage = usageOf(late.f);
      CHECK(counted(usage, "output_reasoning") >= kThought);
      CHECK(counted(usage, "output_reasoning") <= 5000);
      late.f.checkMoney();
      late.upstream.stop();
      held.drop();
    }
    Held held;
    Cut limited("gpt-4o", held.script(), "openai", R"(,"max_tokens":7)", options);
    CHECK(counted(usageOf(limited.f), "output_reasoning") <= 5000);
    limited.upstream.stop();
    held.drop();
  }

  TEST_CASE("a whole answer without usage took its time as well, where the model thinks unseen") {
    const std::string answer =
        R"({"id":"1","object":"chat.completion","model":"gpt-5","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]})";
    const auto silent = [&answer](const http::ExchangePtr& exchange) {
      after(exchange, kThinking, [exchange, answer] {
        exchange->respond({200, "application/json", answer, {}});
      });
    };
    Cut thinks("gpt-5", silent);
    REQUIRE(thinks.answer.status == 200);
    const auto usage = usageOf(thinks.f);
    CHECK(counted(usage, "output_text") >= 1);
    CHECK(counted(usage, "output_reasoning") >= kThought - 10);
  }

  TEST_CASE("what the provider counts is all, also where it gave no answer") {
    Routed f;
    FakeUpstream upstream([](const http::ExchangePtr& exchange) {
      after(exchange, kThinking, [exchange] {
        exchange->respond(
            {200,
             "application/json",
             R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":)"
             R"({"promptTokenCount":9,"totalTokenCount":9},"modelVersion":"gemini-2.5-pro"})",
             {}});
      });
    });
    f.provider("main", upstream.baseUrl(), "", "google");
    f.proxy.post("/v1beta/models/main/gemini-2.5-pro:generateContent",
                 R"({"contents":[{"role":"user","parts":[{"text":"x"}]}]})");
    const auto usage = usageOf(f);
    CHECK(usage.root().stringAt("source") == "provider");
    CHECK(counted(usage, "output_reasoning") == 0);
  }

  TEST_CASE("a long request's bytes are gone by then, what it asked for is not forgotten") {
    const std::string start =
        "event: message_start\ndata: "
        R"({"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":)"
        R"("claude-sonnet-4-5","content":[],"usage":{"input_tokens":9,"output_tokens":1}}})"
        "\n\nevent: content_block_start\ndata: "
        R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}})"
        "\n\nevent: content_block_delta\ndata: "
        R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"so"}})"
        "\n\n";
    Routed f;
    FakeUpstream upstream(cutAfter(kThinking, {start}));
    f.provider("main", upstream.baseUrl(), "", "anthropic");
    f.proxy.post("/v1/messages",
                 R"({"model":"main/claude-sonnet-4-5","stream":true,"max_tokens":5000,)"
                 R"("thinking":{"type":"enabled","budget_tokens":2000},)"
                 R"("messages":[{"role":"user","content":")" +
                     std::string(60'000, 'x') + R"("}]})");
    CHECK(counted(usageOf(f), "output_reasoning") >= kThought);
  }

  TEST_CASE("of several answers all may still be thought about") {
    Cut two("gpt-5", cutAfter(kThinking, {data(says("word"))}), "openai",
            R"(,"stream":true,"n":2)");
    CHECK(counted(usageOf(two.f), "output_reasoning") >= 2 * kThought);
  }

  TEST_CASE("reasoning that is shown is no answer yet") {
    Cut shown("grok-4", cutAfter(kThinking, {data(chunk(R"({"reasoning_content":"hm"})"))}),
              "openai", R"(,"stream":true)");
    CHECK(counted(usageOf(shown.f), "output_reasoning") >= kThought);
  }

  TEST_CASE("an error whose body does not come is no answer that was under way") {
    GatewayOptions options = unlimitedOptions();
    options.idle_timeout = kThinking;
    const auto stalls = [](const http::ExchangePtr& exchange) {
      exchange->start({503, "application/json", "", {}});
      exchange->write("{");
      after(exchange, milliseconds(2000), [exchange] { exchange->abort(); });
    };
    Cut stalled("gpt-5", stalls, "openai", "", options);
    CHECK(stalled.answer.status >= 500);
    CHECK(counted(usageOf(stalled.f), "output_reasoning") == 0);
  }

  TEST_CASE("fast mode is charged where it was asked for, not where the field says otherwise") {
    GatewayOptions options = unlimitedOptions();
    options.first_byte_timeout = kThinking;
    const auto costOf = [&options](const std::string& speed) {
      SilentUpstream silent;
      Routed f(options);
      f.provider("main", silent.upstream.baseUrl(), "", "anthropic");
      f.proxy.post("/v1/messages",
                   R"({"model":"main/claude-opus-4-6","max_tokens":1,"messages":[{"role":"user",)"
                   R"("content":"x"}],"speed":")" +
                       speed + "\"}");
      const auto row = f.lastRow([](json::ValueRef) { return true; });
      return row.root().find("total_cost_usd")->asDouble().value_or(0);
    };
    const double standard = costOf("standard");
    CHECK(standard > 0);
    CHECK(costOf("fast") == doctest::Approx(6 * standard));
  }

  TEST_CASE("an answer that never came is charged at the tier that was asked for") {
    GatewayOptions options = unlimitedOptions();
    options.first_byte_timeout = kThinking;
    const auto costOf = [&options](const std::string& tier) {
      Held held;
      Cut late("gpt-5", held.script(), "openai", R"(,"service_tier":")" + tier + "\"", options, 1);
      const auto row = late.f.lastRow([](json::ValueRef) { return true; });
      const double cost = row.root().find("total_cost_usd")->asDouble().value_or(0);
      late.upstream.stop();
      held.drop();
      return cost;
    };
    const double standard = costOf("default");
    CHECK(standard > 0);
    CHECK(costOf("priority") == doctest::Approx(2 * standard));
  }
}
