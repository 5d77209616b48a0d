#include "guard/policy.h"

#include <string>

#include "unit/guard/support.h"

using namespace penstock;
using namespace penstock::test;
using guard::Action;
using guard::Finding;
using guard::Phase;

namespace {

std::string chat(const std::string& content) {
  return R"({"model":"m", "messages":[{"role":"user","content":")" + content + R"("}]})";
}

}  // namespace

TEST_SUITE("guard/policy") {
  TEST_CASE("what a project does not look at costs nothing") {
    const auto none = policyOf("[]");
    CHECK_FALSE(none->checks(Phase::Input));
    CHECK_FALSE(none->checks(Phase::Output));
    const auto input = policyOf(R"([{"name":"p","kind":"pii","where":"input","action":"redact"}])");
    CHECK(input->checks(Phase::Input));
    CHECK_FALSE(input->checks(Phase::Output));
    CHECK_FALSE(input->readsTexts(Phase::Output));
    const auto hook =
        policyOf(R"([{"name":"w","kind":"webhook","where":"output","url":"https://x/y"}])");
    CHECK_FALSE(hook->checks(Phase::Input));
    CHECK(hook->checks(Phase::Output));
    REQUIRE(hook->webhooks(Phase::Output).size() == 1);
    CHECK(hook->webhooks(Phase::Output)[0]->path == "/y");
    CHECK(hook->webhooks(Phase::Input).empty());
  }

  TEST_CASE("a request is rewritten where something was found, and nowhere else") {
    const auto policy = policyOf(
        R"([{"name":"pii","kind":"pii","action":"redact"},{"name":"seen","kind":"keywords","action":"flag","keywords":["ada"]}])");
    const auto verdict =
        policy->checkRequest(chat("a\\u00e9 \\\"ada@example.org\\\" x ada@example.com"), "m");
    CHECK_FALSE(verdict.refusal);
    CHECK(verdict.rewritten == chat("aé \\\"[REDACTED:EMAIL]\\\" x [REDACTED:EMAIL]"));
    CHECK(verdict.findings ==
          std::vector<Finding>{{"pii", "EMAIL", "/messages/0/content", Action::Redact, 2},
                               {"seen", "SEEN", "/messages/0/content", Action::Flag, 2}});
    const auto clean = policy->checkRequest(chat("nothing"), "m");
    CHECK_FALSE(clean.rewritten);
    CHECK(clean.findings.empty());
  }

  TEST_CASE("a rule that blocks says which and what kind, not what it found") {
    const auto policy =
        policyOf(R"([{"name":"no mail","kind":"pii","types":["email"],"action":"block"}])");
    const auto verdict = policy->checkRequest(chat("ada@example.org"), "m");
    REQUIRE(verdict.refusal);
    CHECK(verdict.refusal->rule == "no mail");
    CHECK(verdict.refusal->kind == "EMAIL");
    const ApiError error = guard::toError(*verdict.refusal);
    CHECK(httpStatus(error.kind) == 403);
    CHECK(error.code == "blocked_by_guardrail");
    CHECK(error.message == "blocked by the guardrail \"no mail\": EMAIL");
    CHECK(verdict.findings ==
          std::vector<Finding>{{"no mail", "EMAIL", "/messages/0/content", Action::Block, 1}});
    CHECK_FALSE(policy->checkRequest(chat("+49 30 901820"), "m").refusal);
  }

  TEST_CASE("parts that overlap become one, by the first's name") {
    const auto policy = policyOf(
        R"([{"name":"b","kind":"regex","action":"redact","patterns":["bc","cd+"]},
            {"name":"a","kind":"regex","action":"redact","patterns":["ab","bcd"]}])");
    CHECK(redacted(*policy, "xabcddx ab cd") == "x[REDACTED:A]x [REDACTED:A] [REDACTED:B]");
    CHECK(redacted(*policy, "bcd") == "[REDACTED:B]");
    CHECK(redacted(*policy, "abab") == "[REDACTED:A][REDACTED:A]");
  }

  TEST_CASE("models and tools are allowed and denied by name") {
    const auto policy = policyOf(
        R"([{"name":"m","kind":"models","action":"block","allow":["gpt-*","@default"],"deny":["*-mini"]},
            {"name":"t","kind":"tools","action":"block","deny":["bash*"]},
            {"name":"f","kind":"tools","action":"flag","allow":["weather"]}])");
    CHECK_FALSE(policy->checkRequest("{}", "gpt-4o").refusal);
    CHECK_FALSE(policy->checkModel("@default").refusal);
    CHECK(policy->checkModel("gpt-4o-mini").refusal->message ==
          "blocked by the guardrail \"m\": a model is not allowed");
    CHECK(policy->checkRequest("{}", "claude-4").refusal->kind == "MODEL");
    const auto tools =
        policy->checkRequest(R"({"tools":[{"name":"weather"},{"name":"Bash"}]})", "gpt-4o");
    CHECK(tools.refusal->rule == "t");
    const auto other = policy->checkRequest(R"({"tools":[{"name":"other"}]})", "gpt-4o");
    CHECK_FALSE(other.refusal);
    CHECK(other.findings == std::vector<Finding>{{"f", "TOOL", "/tools", Action::Flag, 1}});
  }

  TEST_CASE("a prompt has a size: its texts, not its media") {
    const auto policy = policyOf(
        R"([{"name":"b","kind":"max_prompt","action":"block","max_bytes":20},
            {"name":"t","kind":"max_prompt","action":"flag","max_tokens":5}])");
    CHECK(policy->checkRequest(chat("short"), "m").findings.empty());
    CHECK(policy->checkRequest(chat("sixteen letters!"), "m").findings.size() == 1);
    CHECK(policy->checkRequest(chat(std::string(21, 'a')), "m").refusal->kind == "MAX_PROMPT");
    CHECK_FALSE(
        policy
            ->checkRequest(
                R"({"messages":[{"content":[{"type":"image_url","image_url":{"url":"https://a.very.long/url/indeed"}}]}]})",
                "m")
            .refusal);
  }

  TEST_CASE("an answer that was changed has no lists of its tokens any more") {
    const auto policy = redactAll();
    CHECK(
        policy
            ->checkResponse(
                R"({"choices":[{"message":{"content":"ada@example.org"},"logprobs":{"content":[{"token":"ada"}]}}]})")
            .rewritten ==
        R"({"choices":[{"message":{"content":"[REDACTED:EMAIL]"},"logprobs":null}]})");
    CHECK_FALSE(policy
                    ->checkResponse(
                        R"({"choices":[{"message":{"content":"hi"},"logprobs":{"content":[]}}]})")
                    .rewritten);
  }

  TEST_CASE("findings are bounded") {
    const auto policy = redactAll();
    std::string messages;
    for (int i = 0; i < 300; ++i)
      messages += (i == 0 ? "" : ",") + std::string(R"({"content":"ada@example.org"})");
    const auto verdict = policy->checkRequest("{\"messages\":[" + messages + "]}", "m");
    CHECK(verdict.findings.size() == guard::Findings::kMax);
    CHECK(verdict.rewritten->find("ada") == std::string::npos);
  }

  TEST_CASE("labels are made of names") { CHECK(guard::labelOf("no-prices 2") == "NO_PRICES_2"); }
}
