// Budgets as callers of the proxy meet them.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "manage_support.h"
#include "support/fake_upstream.h"

using namespace penstock;
using namespace penstock::test;

namespace {

GatewayOptions unlimited() {
  GatewayOptions options = quietOptions();
  options.rate_limit_rpm = 1'000'000;
  return options;
}

// A gateway before an upstream that answers with this usage, at gpt-4o-mini's prices: $0.15 and
// $0.60 a million, so 150 and 600 nano-dollars a token.
struct Priced {
  explicit Priced(FakeUpstream::Script script, const std::string& vendor = "openai")
      : upstream(std::move(script)),
        gateway(Gateway::start(unlimited())),
        manage(manageOf(gateway)),
        proxy(proxyOf(gateway)) {
    const Answer made =
        manage.post(std::string(kBase) + "/providers",
                    R"({"vendor":")" + vendor +
                        R"(","name":"main","api_key":"sk-x","private":true,"verify":false,)"
                        R"("default_model":"gpt-4o-mini","base_url":")" +
                        upstream.baseUrl() + R"("})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
  }

  std::string budget(const std::string& fields, const std::string& name = "b") {
    const Answer made =
        manage.post(std::string(kBase) + "/budgets", R"({"name":")" + name + "\"," + fields + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    return dataText(made, "id");
  }

  Answer chat(const std::string& fields = R"("max_tokens":100)",
              const std::string& model = "main/gpt-4o-mini") {
    return proxy.post("/v1/chat/completions",
                      R"({"model":")" + model +
                          R"(","service_tier":"default",)"  // else the dearest is reserved
                          R"("messages":[{"role":"user","content":"x"}],)" +
                          fields + "}");
  }

  FakeUpstream upstream;
  Gateway gateway;
  Api manage, proxy;
};

std::string answerWith(int64_t in, int64_t out) {
  return R"({"id":"1","object":"chat.completion","model":"gpt-4o-mini","choices":[{"index":0,)"
         R"("message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{)"
         R"("prompt_tokens":)" +
         std::to_string(in) + R"(,"completion_tokens":)" + std::to_string(out) +
         R"(,"total_tokens":)" + std::to_string(in + out) + "}}";
}

bool holds(const Answer& answer, const std::string& text) { return contains(answer.body, text); }

}  // namespace

TEST_SUITE("proxy/budgets") {
  TEST_CASE("a budget that is used up answers 402 as the SDKs read it") {
    Priced money(answering(answerWith(1000, 100)));  // $0.00021
    money.budget(R"("scope":"organization","cap_usd":0.0005,"period":"monthly")");
    const Answer first = money.chat();
    REQUIRE_MESSAGE(first.status == 200, first.body);
    CHECK(first.header("X-Modelux-Budget-Name") == "b");
    CHECK(first.header("X-Modelux-Budget-Remaining") == "0.0003");
    CHECK(first.header("X-Modelux-Budget-Action") == "block");
    CHECK(first.header("X-Modelux-Budget-Reset").empty());
    CHECK(money.chat().status == 200);
    const Answer refused = money.chat();
    REQUIRE(refused.status == 402);
    CHECK(holds(refused, R"("type":"budget_exceeded")"));
    CHECK(holds(refused, R"("code":402)"));
    CHECK(holds(refused, R"("spend_usd":0.00042,"cap_usd":0.0005,"period":"monthly")"));
    CHECK(refused.header("X-Modelux-Budget-Action") == "block");
    CHECK(refused.header("X-Modelux-Budget-Reset").ends_with("T00:00:00Z"));
    CHECK(std::stoll(refused.header("Retry-After")) > 0);
    CHECK(money.upstream.seen().size() == 2);
  }

  TEST_CASE("a refusal gives the rate limit back what it took") {
    Priced money(answering(answerWith(1, 1)));
    money.budget(R"("scope":"organization","cap_usd":0,"period":"daily")");
    const std::string before = money.chat().header("x-ratelimit-remaining-requests");
    CHECK(money.chat().status == 402);
    CHECK(money.chat().header("x-ratelimit-remaining-requests") == before);
  }

  TEST_CASE("the output limit is lowered to what fits before a request is refused") {
    Priced money(answering(answerWith(10, 10)));
    // About 1,100 tokens of input bound, and some output.
    money.budget(R"("scope":"organization","cap_usd":0.0005,"period":"daily")");
    const Answer lowered = money.chat(R"("max_tokens":100000)");
    REQUIRE_MESSAGE(lowered.status == 200, lowered.body);
    const int64_t limit = std::stoll(lowered.header("X-Penstock-Max-Output-Tokens"));
    CHECK(limit >= 400);
    CHECK(limit * 600 <= 500'000);
    CHECK(money.upstream.seen().at(0).body.find("\"max_tokens\":" + std::to_string(limit)) !=
          std::string::npos);
    const Answer open = money.chat(R"("temperature":0)");
    REQUIRE_MESSAGE(open.status == 200, open.body);
    CHECK(std::stoll(open.header("X-Penstock-Max-Output-Tokens")) > 0);
    CHECK(money.upstream.seen().at(1).body.find("max_completion_tokens") != std::string::npos);
  }

  TEST_CASE("the last hundredth of a budget is usable for typical requests") {
    // A page of text and an answer of 400 words, in a dollar a day. No tier is named, so that the
    // dearest one that the provider may serve is what is reserved.
    const std::string page(1500, 'x');
    const std::string message = R"("messages":[{"role":"user","content":")" + page + "\"}]}";
    struct Typical {
      const char *path, *body;
      std::string answer;
    };
    const std::string claude =
        R"({"id":"m","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[)"
        R"({"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{"input_tokens":400,)"
        R"("output_tokens":550}})";
    for (const Typical& typical :
         {Typical{"/v1/chat/completions", R"("model":"main/gpt-4o-mini",)", answerWith(400, 550)},
          Typical{"/v1/chat/completions", R"("model":"main/gpt-5","max_completion_tokens":2000,)",
                  answerWith(400, 550)},
          Typical{"/v1/messages", R"("model":"main/claude-sonnet-4-5","max_tokens":2000,)",
                  claude}}) {
      INFO(typical.body);
      const bool anthropic = std::string_view(typical.path) == "/v1/messages";
      Priced money(answering(typical.answer), anthropic ? "anthropic" : "openai");
      const std::string id = money.budget(R"("scope":"organization","cap_usd":1,"period":"daily")");
      while (money.proxy.post(typical.path, "{" + std::string(typical.body) + message).status ==
             200) {
      }
      const Answer status = money.manage.get(std::string(kBase) + "/budgets/" + id + "/status");
      const auto document = json::parse(status.body);
      const double used = document->root().find("data")->find("used_pct")->asDouble().value_or(0);
      CHECK(used > 99.0);
      CHECK(used <= 100.0);
    }
  }

  TEST_CASE("a budget that downgrades sends requests elsewhere, and charges them there") {
    Priced money(answering(answerWith(1000, 100)));
    money.budget(R"("scope":"organization","cap_usd":0.0001,"period":"daily","action":"downgrade",)"
                 R"("downgrade_to":"demo/demo-chat")");
    const Answer answer = money.chat();
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(answer.header("X-Modelux-Model-Used") == "demo-chat");
    CHECK(answer.header("X-Modelux-Budget-Action") == "downgrade");
    CHECK_FALSE(answer.header("X-Modelux-Budget-Reset").empty());
    CHECK(money.upstream.seen().empty());
  }

  TEST_CASE("what is no chat is not sent to a chat model: there the budget blocks") {
    Priced money(answering(answerWith(1, 1)));
    money.budget(R"("scope":"organization","cap_usd":0,"period":"daily","action":"downgrade",)"
                 R"("downgrade_to":"demo/demo-chat")");
    const Answer vectors =
        money.proxy.post("/v1/embeddings", R"({"model":"demo/demo-embedding","input":"x"})");
    CHECK(vectors.status == 402);
    CHECK(vectors.header("X-Modelux-Budget-Action") == "downgrade");
    const Answer trace = money.manage.get(std::string(kBase) + "/logs/" +
                                          vectors.header("X-Modelux-Request-Id") + "/trace");
    CHECK(holds(trace, R"("outcome":"blocked")"));
    CHECK(money.proxy.post("/v1/images/generations", R"({"model":"demo/demo-image","prompt":"x"})")
              .status == 402);
    CHECK(money.chat().status == 200);
  }

  TEST_CASE("a refusal says when to come back, if a new period has room for a lowered answer") {
    Priced money(answering(answerWith(1000, 100)));
    money.budget(R"("scope":"organization","cap_usd":0.0005,"period":"daily")");
    CHECK(money.chat(R"("temperature":0)").status == 200);
    CHECK(money.chat(R"("temperature":0)").status == 200);
    const Answer refused = money.chat(R"("temperature":0)");  // 16,384 tokens are $0.0098
    REQUIRE(refused.status == 402);
    CHECK(std::stoll(refused.header("Retry-After")) > 0);
    // No period has enough for this one.
    const Answer never = money.chat(R"("max_tokens":10,"user":")" + std::string(5000, 'x') + "\"");
    REQUIRE(never.status == 402);
    CHECK(never.header("Retry-After").empty());
  }

  TEST_CASE("budgets of tokens, requests and concurrency answer 429 and say what is left") {
    Priced money(answering(answerWith(1000, 500)));
    money.budget(R"("scope":"organization","unit":"tokens","cap_tokens":4000,"period":"minute")");
    const Answer first = money.chat();
    REQUIRE_MESSAGE(first.status == 200, first.body);
    CHECK(first.header("x-ratelimit-limit-tokens") == "4000");
    CHECK(first.header("x-ratelimit-remaining-tokens") == "2500");
    Answer refused = money.chat();
    for (int i = 0; i < 3 && refused.status == 200; ++i) refused = money.chat();
    CHECK(refused.status == 429);
    CHECK(errorCode(refused) == "token_limit_exceeded");
    CHECK(std::stoll(refused.header("Retry-After")) <= 60);
  }

  TEST_CASE("what is left is told in the caller's dialect, of budgets that block") {
    Priced money(answering(answerWith(1000, 500)));
    money.budget(R"("scope":"organization","unit":"tokens","cap_tokens":40000,"period":"daily")");
    money.budget(R"("scope":"organization","unit":"requests","cap_requests":50,"period":"daily")",
                 "r");
    for (const char* unit : {"tokens", "requests"}) {
      money.budget(R"("scope":"organization","action":"warn_only","period":"daily","unit":")" +
                       std::string(unit) + R"(","cap_)" + unit + R"(":1)",
                   std::string("watched ") + unit);
    }
    const Answer chat = money.chat();
    REQUIRE_MESSAGE(chat.status == 200, chat.body);
    CHECK(chat.header("x-ratelimit-limit-tokens") == "40000");
    CHECK(chat.header("x-ratelimit-remaining-tokens") == "38500");
    CHECK(chat.header("x-ratelimit-limit-requests") == "50");
    CHECK(chat.header("x-ratelimit-remaining-requests") == "49");
    CHECK(chat.header("anthropic-ratelimit-tokens-limit").empty());
    const Answer message =
        money.proxy.post("/v1/messages", R"({"model":"main/gpt-4o-mini","max_tokens":100,)"
                                         R"("messages":[{"role":"user","content":"x"}]})");
    REQUIRE_MESSAGE(message.status == 200, message.body);
    CHECK(message.header("anthropic-ratelimit-tokens-limit") == "40000");
    CHECK(message.header("anthropic-ratelimit-tokens-remaining") == "37000");
    CHECK(message.header("anthropic-ratelimit-tokens-reset").ends_with("T00:00:00Z"));
    CHECK(message.header("anthropic-ratelimit-requests-limit") == "50");
    CHECK(message.header("anthropic-ratelimit-requests-remaining") == "48");
  }

  TEST_CASE("every end user has a bucket of their own") {
    Priced money(answering(answerWith(1000, 100)));
    money.budget(R"("scope":"end_user","cap_usd":0.0003,"period":"daily")");
    CHECK(money.chat(R"("max_tokens":100,"user":"ann")").status == 200);
    CHECK(money.chat(R"("max_tokens":100,"user":"ann")").status == 402);
    CHECK(money.chat(R"("max_tokens":100,"user":"bob")").status == 200);
    CHECK(money.chat().status == 200);  // nobody in particular
  }

  TEST_CASE("a project may leave bare names and providers out of its budgets") {
    Priced money(answering(answerWith(1, 1)));
    money.budget(R"("scope":"organization","cap_usd":0,"period":"daily")");
    CHECK(money.chat().status == 402);
    CHECK(money.chat(R"("max_tokens":1)", "@default").status == 402);
    REQUIRE(money.manage
                .patch(std::string(kBase) + "/projects/default",
                       R"({"settings":{"budget_bare_models":false}})")
                .status == 200);
    CHECK(money.chat().status == 200);
    CHECK(money.chat(R"("max_tokens":1)", "@default").status == 402);
  }

  TEST_CASE("what failed costs nothing, and a stream is charged by its usage") {
    Priced failing(answering(R"({"error":{"message":"no"}})", 500));
    const std::string id = failing.budget(R"("scope":"organization","cap_usd":1,"period":"daily")");
    CHECK(failing.chat().status == 502);
    const Answer after = failing.manage.get(std::string(kBase) + "/budgets/" + id + "/status");
    CHECK(holds(after, R"("spend_usd":0,)"));
    CHECK(holds(after, R"("reserved_usd":0,)"));

    const std::string chunk =
        R"({"id":"1","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,)";
    Priced money(streaming({chunk + R"("delta":{"content":"hi"},"finish_reason":null}]})",
                            chunk + R"("delta":{},"finish_reason":"stop"}],"usage":{)"
                                    R"("prompt_tokens":100,"completion_tokens":10}})",
                            "[DONE]"}));
    const std::string streamed =
        money.budget(R"("scope":"organization","cap_usd":1,"period":"daily")");
    CHECK(money.chat(R"("max_tokens":100,"stream":true)").status == 200);
    CHECK(holds(money.manage.get(std::string(kBase) + "/budgets/" + streamed + "/status"),
                R"("spend_usd":0.000021,)"));
  }

  TEST_CASE("a prepaid balance is drawn on, and its daily cap is a 429") {
    Priced money(answering(answerWith(1000, 100)));
    const std::string base = std::string(kBase) + "/balances";
    const Answer made = money.manage.post(base, R"({"project_id":"default"})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    const std::string path = base + "/" + dataText(made, "id");
    const Answer empty = money.chat();
    CHECK(empty.status == 402);
    CHECK(errorCode(empty) == "insufficient_balance");
    CHECK_FALSE(holds(empty, R"("budget":)"));  // which the SDKs take for a budget's
    REQUIRE(money.manage.post(path + "/entries", R"({"type":"top_up","amount_usd":1})").status ==
            201);
    CHECK(money.chat().status == 200);
    REQUIRE(money.manage.patch(path, R"({"daily_cap_usd":0.0003})").status == 200);
    const Answer capped = money.chat();
    CHECK(capped.status == 200);  // the day's account begins when the cap is set
    CHECK(money.chat().status == 429);
  }

  TEST_CASE("a dry run says what budgets would do, and spends nothing") {
    Priced money(answering(answerWith(1, 1)));
    const std::string id =
        money.budget(R"("scope":"organization","cap_usd":0.00001,"period":"daily")");
    const Answer dry = money.proxy.post(
        "/v1/dry-run",
        R"({"model":"main/gpt-4o-mini","max_tokens":100,"messages":[{"role":"user","content":"x"}]})");
    REQUIRE(dry.status == 200);
    CHECK(holds(dry, R"("budgets":[{"name":"b","unit":"usd","action":"block")"));
    CHECK(holds(dry, R"("outcome":"blocked")"));
    CHECK(holds(money.manage.get(std::string(kBase) + "/budgets/" + id + "/status"),
                R"("reserved_usd":0,)"));
  }

  TEST_CASE("requests at the same time never pass a cap together") {
    Priced money(answering(answerWith(1000, 100)));
    const std::string id =
        money.budget(R"("scope":"organization","cap_usd":0.01,"period":"daily")");
    std::atomic<int> served{0};
    std::vector<std::jthread> callers;
    for (int t = 0; t < 8; ++t) {
      callers.emplace_back([&] {
        for (int i = 0; i < 20; ++i) served += money.chat().status == 200 ? 1 : 0;
      });
    }
    callers.clear();
    CHECK(served <= 47);  // 0.01 / 0.00021
    CHECK(served >= 45);
  }

  TEST_CASE("a clock that jumps over midnight opens the next day's budget, and no other") {
    std::atomic<int64_t> now{1'800'057'599'000};  // 2027-01-15T23:59:59Z
    GatewayOptions options;
    options.ephemeral = options.quiet = true;
    options.wall_clock = [&] { return now.load(); };
    Gateway gateway = Gateway::start(options);
    Api manage = manageOf(gateway), proxy = proxyOf(gateway);
    REQUIRE(manage
                .post(std::string(kBase) + "/budgets",
                      R"({"name":"d","scope":"organization","unit":"requests","cap_requests":2,)"
                      R"("period":"daily"})")
                .status == 201);
    const std::string chat =
        R"({"model":"demo/demo-chat","messages":[{"role":"user","content":"x"}],"max_tokens":4})";
    const auto served = [&] {
      int count = 0;
      for (int i = 0; i < 4; ++i) count += proxy.post("/v1/chat/completions", chat).status == 200;
      return count;
    };
    CHECK(served() == 2);
    now += 2000;
    CHECK(served() == 2);
    now -= 2000;
    CHECK(served() == 0);
    now += 86'402'000;
    CHECK(served() == 2);
  }
}
