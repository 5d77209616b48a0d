#include "batch/plan.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::batch;

namespace {

struct Prices {
  const pricing::PriceCatalogue catalogue = pricing::PriceCatalogue::builtIn();
  const pricing::Overrides none;
  Pricing of(std::string_view seller) const { return {{catalogue, none}, {"p", seller}}; }
};

std::string chat(const std::string& model, const std::string& more = "") {
  return R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":")" +
         model + R"(","messages":[{"role":"user","content":"Hello"}])" + more + "}}\n";
}

}  // namespace

TEST_SUITE("batch/plan") {
  TEST_CASE("a plan sums up the most that each model's lines can cost, at the price of batches") {
    const Prices prices;
    const auto one = planLines(chat("gpt-4o-mini", R"(,"max_tokens":1000)"), prices.of("openai"));
    REQUIRE(one);
    CHECK(one->endpoint == "/v1/chat/completions");
    REQUIRE(one->models.size() == 1);
    CHECK(one->models[0].requests == 1);
    // A thousand tokens out at $0.60 a million, halved, and the most that the input can be.
    CHECK(one->models[0].most.nanos > 300'000);
    CHECK(one->models[0].most.nanos < 400'000);
    const auto three = planLines(chat("gpt-4o-mini", R"(,"max_tokens":1000)") + "\r\n" +
                                     chat("gpt-4o-mini", R"(,"max_tokens":1000)") +
                                     chat("gpt-4o", R"(,"max_tokens":10)"),
                                 prices.of("openai"));
    REQUIRE(three);
    REQUIRE(three->models.size() == 2);
    CHECK(three->models[0].most.nanos == 2 * one->models[0].most.nanos);
    CHECK(three->requests() == 3);
  }

  TEST_CASE("a line without a limit is planned with the model's own") {
    const Prices prices;
    const auto plan = planLines(chat("gpt-4o-mini"), prices.of("openai"));
    REQUIRE(plan);
    CHECK(plan->models[0].tokens > 16'000);
  }

  TEST_CASE("limits beyond all measure are refused, large ones add up") {
    const Prices prices;
    CHECK_FALSE(planLines(chat("m", R"(,"max_tokens":9223372036854775807)"), prices.of("openai")));
    std::string lines;
    for (int i = 0; i < 200; ++i) lines += chat("nobody-knows", R"(,"n":128,"max_tokens":1000000)");
    const auto plan = planLines(lines, prices.of("openai"));
    REQUIRE(plan);
    CHECK(plan->models[0].tokens > 200LL * 128 * 1'000'000);
    CHECK(plan->models[0].most.nanos > 1'000'000'000'000);
  }

  TEST_CASE("every line must be a request whose cost has a bound") {
    const Prices prices;
    const auto refusal = [&](const std::string& lines) {
      const auto plan = planLines(lines, prices.of("openai"));
      return plan ? "planned" : plan.error().code + ": " + plan.error().message;
    };
    CHECK(refusal("") == "invalid_batch_line: the file holds no request");
    CHECK(refusal(chat("m") + "x\n").starts_with("invalid_batch_line: request 2 of the batch: "));
    CHECK(refusal(chat("m", R"(,"stream":true)")).ends_with("requests of a batch do not stream"));
    CHECK(refusal(R"({"url":"/v1/chat/completions"})").ends_with("it needs url and body"));
    CHECK(refusal(chat("m") + R"({"url":"/v1/embeddings","body":{"model":"m","input":"x"}})")
              .ends_with("all must be of one url"));
    CHECK(refusal(R"({"url":"/v1/responses","body":{"model":"m","input":"x",)"
                  R"("previous_response_id":"resp_1"}})")
              .ends_with("responses in a batch cannot go on from stored ones"));
    // Two texts in one line, which another parser may take for two lines.
    CHECK(refusal(R"({"url":"/v1/embeddings","body":{"model":"m","input":"x"}})"
                  "\r"
                  R"({"url":"/v1/embeddings","body":{"model":"m","input":"x"}})")
              .starts_with("invalid_batch_line"));
  }

  TEST_CASE("a model without a price is refused where the project wants that") {
    const Prices prices;
    Pricing strict = prices.of("openai");
    strict.unknown = model::UnknownModelPolicy::Deny;
    const auto plan = planLines(chat("nobody-knows"), strict);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == "model_not_priced");
  }

  TEST_CASE("Anthropic's batches are planned of their body") {
    const Prices prices;
    const auto plan = planMessageBatch(
        R"({"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":100,)"
        R"("messages":[{"role":"user","content":"x"}]}}]})",
        prices.of("anthropic"));
    REQUIRE(plan);
    CHECK(plan->models[0].model == "claude-haiku-4-5");
    CHECK(plan->models[0].requests == 1);
    CHECK_FALSE(planMessageBatch(R"({"requests":[]})", prices.of("anthropic")));
    CHECK_FALSE(planMessageBatch(R"({"requests":[{"custom_id":"a"}]})", prices.of("anthropic")));
  }

  TEST_CASE("the window bounds a line unless the caller asks for more of it") {
    const Prices prices;
    const std::string body =
        R"({"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":100,)"
        R"("messages":[{"role":"user","content":")" +
        std::string(300'000, 'x') + R"("}]}}]})";
    Pricing pricing = prices.of("anthropic");
    const auto usual = planMessageBatch(body, pricing);
    REQUIRE(usual);
    CHECK(usual->models[0].tokens == 200'000 + 100);
    pricing.anthropic_beta = "context-1m-2025-08-07";
    const auto lifted = planMessageBatch(body, pricing);
    REQUIRE(lifted);
    CHECK(lifted->models[0].tokens > 300'000);
  }

  TEST_CASE("a plan reads back as it was written") {
    const Plan plan{"/v1/embeddings", {{"m", 2, 30, {400}}, {"n", 1, 5, {6}}}, "u\"", {{"a", "b"}}};
    const auto read = readPlan(writePlan(plan));
    REQUIRE(read);
    CHECK(*read == plan);
    CHECK_FALSE(readPlan("{"));
  }
}
