#include "rules/expression.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "unit/rules/given_facts.h"

using namespace penstock;
using rules::FactGroup;
using rules::Variable;

namespace {

test::GivenFacts supportRequest() {
  test::GivenFacts facts;
  facts.set(Variable::Tag, "team", "support")
      .set(Variable::Tag, "cost-center", "EU 7")
      .set(Variable::EndUser, "Zoë")
      .set(Variable::Project, "default")
      .set(Variable::Model, "@Production")
      .set(Variable::Stream, true)
      .set(Variable::MaxTokens, 512.0)
      .set(Variable::Temperature, 0.7)
      .set(Variable::HasTools, false)
      .set(Variable::HasImages, true)
      .set(Variable::PromptTokens, 1200.0)
      .set(Variable::BudgetUsed, 0.93)
      .set(Variable::BudgetRemaining, 7.0)
      .set(Variable::BudgetName, "org-month")
      .set(Variable::OneBudgetUsed, "team a", 1.25)
      .set(Variable::OneBudgetRemaining, "team a", -2.5)
      .set(Variable::CostEstimate, 0.004)
      .set(Variable::LatencyP50, "openai", 420.0)
      .set(Variable::ProviderHealthy, "prov_1", true)
      .set(Variable::TimeHour, 23.0)
      .set(Variable::TimeWeekday, 7.0);
  return facts;
}

bool matches(std::string_view text, const rules::Facts& facts) {
  const auto rule = rules::compile(text);
  REQUIRE_MESSAGE(rule.has_value(), text << ": " << (rule ? "" : rule.error().message));
  const bool answer = rule->matches(facts);
  CHECK_MESSAGE(rule->explain(facts).matched == answer, text);
  return answer;
}

void checkAll(bool expected, const rules::Facts& facts, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) CHECK_MESSAGE(matches(text, facts) == expected, text);
}

}  // namespace

TEST_SUITE("rules/expression") {
  TEST_CASE("the samples of the specification do what they say") {
    CHECK(matches("tags.team == 'support'", supportRequest()));
    CHECK_FALSE(matches("tags.sensitivity == 'pii'", supportRequest()));
    CHECK(matches("budget.used_pct >= 0.9", supportRequest()));
  }

  TEST_CASE("every variable is read under its name") {
    checkAll(true, supportRequest(),
             {"tags['cost-center'] == 'EU 7' and tags.cost-center == 'EU 7'",
              "end_user == 'Zoë'",
              "project == 'default'",
              "model == '@Production'",
              "request.stream",
              "request['stream']",
              "request.max_tokens == 512",
              "request.temperature == 0.7",
              "request.has_tools == false",
              "request.has_images",
              "request.prompt_tokens == 1200",
              "budget.used_pct == 0.93",
              "budget.remaining_usd == 7",
              "budget.name == 'org-month'",
              "budgets['team a'].used_pct == 1.25",
              "budgets['team a'].remaining_usd == -2.5",
              "cost.estimate_usd == 0.004",
              "cost.estimate_usd == 4e-3",
              "latency.openai.p50_ms == 420",
              "latency['openai'].p50_ms == 420",
              "provider.prov_1.healthy",
              "time.hour == 23",
              "time.weekday == 7"});
  }

  TEST_CASE("operators compare numbers and text") {
    checkAll(true, supportRequest(),
             {"1 < 2",
              "2 <= 2",
              "3 > 2",
              "2 >= 2",
              "2 != 3",
              "-1.5 < 0",
              "'a' < 'b'",
              "'a' < 'aa'",
              "'Z' < 'a'",
              "'a' < 'é'",
              "\"it's\" == \"it's\"",
              "'\\d' == \"\\d\"",
              "tags.team in ['sales', 'support']",
              "tags.team not in ['sales']",
              "3 in [1, 2, 3]",
              "not 3 in []",
              "3 not in []",
              "['a', tags.team] contains 'support'",
              "tags.team contains 'ppo'",
              "tags.team contains ''",
              "tags.team starts_with 'supp'",
              "model matches '^@[A-Z]'",
              "model matches 'duct'",
              "model matches '(?i)^@production$'",
              "true == true",
              "request.stream != request.has_tools"});
    checkAll(false, supportRequest(),
             {"2 < 2", "3 <= 2", "2 > 2", "1 >= 2", "2 == 3", "2 != 2", "'b' < 'a'",
              "tags.team in ['sales']", "tags.team not in ['sales', 'support']", "3 in []",
              "['a'] contains tags.team", "tags.team contains 'Support'",
              "tags.team starts_with 'upport'", "tags.team starts_with 'support team'",
              "model matches '^Production'", "model matches 'production'"});
  }

  TEST_CASE("and binds closer than or, and not takes one comparison") {
    checkAll(true, supportRequest(),
             {"true || false && false", "true or false and false", "not false and true",
              "!tags.team == 'sales'", "not tags.team == 'sales' && true",
              "(true or false) and not (false)", "((((1)))) == 1", "(1 < 2) == (2 < 3)"});
    checkAll(false, supportRequest(),
             {"(true or false) and false", "not (true or false)", "!true || false"});
  }

  TEST_CASE("a missing value is null, equal to null only and never in order") {
    const test::GivenFacts nothing;
    checkAll(true, nothing,
             {"end_user == null", "null == end_user", "tags.a == tags.b", "tags.a != 'x'",
              "not exists(tags.a)", "len(tags.a) == null", "lower(tags.a) == null",
              "tags.a in ['x', null]", "tags.a not in ['x']", "request.stream != true",
              "not request.stream"});
    checkAll(false, nothing,
             {"budget.used_pct < 1", "budget.used_pct >= 0", "budget.used_pct >= null",
              "null <= null", "tags.a < 'x'", "tags.a contains ''", "tags.a starts_with ''",
              "'a' contains tags.a", "tags.a matches ''", "tags.a in ['x']", "tags.a == 'x'",
              "exists(tags.a)", "len(tags.a) == 0", "request.stream == false", "request.stream"});
    checkAll(false, supportRequest(), {"end_user == null", "not exists(end_user)"});
    checkAll(true, supportRequest(), {"end_user != null", "exists(end_user)"});
  }

  TEST_CASE("where a fact has another type the comparison is false") {
    test::GivenFacts facts;
    facts.set(Variable::Tag, "n", 3.0).set(Variable::MaxTokens, "many").set(Variable::Stream, 1.0);
    checkAll(
        false, facts,
        {"tags.n == '3'", "tags.n != '3'", "tags.n < '4'", "tags.n in ['3']", "tags.n not in ['3']",
         "tags.n contains '3'", "'3' contains tags.n", "tags.n starts_with '3'",
         "tags.n matches '3'", "request.max_tokens > 1", "request.max_tokens != 1",
         "request.stream", "request.stream == true", "len(tags.n) == 1", "lower(tags.n) == '3'"});
  }

  TEST_CASE("only true counts") {
    checkAll(false, supportRequest(),
             {"1", "'true'", "null", "tags.team", "budget.used_pct", "1 and true", "'a' or false"});
    checkAll(true, supportRequest(), {"not 1", "not tags.team", "1 or true"});
  }

  TEST_CASE("functions look into a value") {
    checkAll(true, supportRequest(),
             {"exists(tags.team)",
              "len(tags.team) == 7",
              "len(end_user) == 3",
              "len('') == 0",
              "len(['a', 'b']) == 2",
              "len([]) == 0",
              "lower(model) == '@production'",
              "lower('ÀB') == 'Àb'",
              "lower(lower(model)) starts_with '@p'",
              "lower(model) contains 'prod'",
              "'@production' == lower(model)",
              "'@a' < lower(model)",
              "lower(model) > '@P'",
              "lower(model) < '@q'",
              "lower(model) <= '@production'",
              "lower(model) in ['x', '@production']",
              "'x' in [lower('X')]",
              "len(lower(model)) == 11",
              "exists(lower(model))",
              "'a@production' contains lower(model)",
              "lower('É') != 'é'"});
    checkAll(false, supportRequest(),
             {"lower(model) == '@Production'", "lower(model) contains 'Prod'",
              "lower(model) starts_with '@P'", "lower(model) < '@production'"});
  }

  TEST_CASE("matches() asks for nothing that does not matter any more") {
    const auto rule =
        rules::compile("tags.team == 'x' and cost.estimate_usd > 1 or time.hour == 1");
    REQUIRE(rule.has_value());
    const test::GivenFacts facts;
    rule->matches(facts);
    CHECK(facts.asked ==
          std::vector<test::GivenFacts::Asked>{{Variable::Tag, "team"}, {Variable::TimeHour, ""}});
  }

  TEST_CASE("an explanation lists what was evaluated and what was found") {
    const auto rule = rules::compile(
        "tags['team'] in ['a', tags.b] or not exists( end_user ) or budget.remaining_usd>0.5 and "
        "(cost.estimate_usd < budget.remaining_usd) or request.stream");
    REQUIRE(rule.has_value());
    const auto why = rule->explain(supportRequest());
    CHECK(why.matched);
    CHECK(why.findings == std::vector<rules::Finding>{
                              {"tags['team'] in ['a', tags.b]",
                               {{"tags['team']", "'support'"}, {"tags.b", "null"}},
                               false},
                              {"exists( end_user )", {{"end_user", "'Zoë'"}}, true},
                              {"budget.remaining_usd>0.5", {{"budget.remaining_usd", "7"}}, true},
                              {"cost.estimate_usd < budget.remaining_usd",
                               {{"cost.estimate_usd", "0.004"}, {"budget.remaining_usd", "7"}},
                               true}});
  }

  TEST_CASE("a comparison's source keeps its own parentheses only") {
    const auto rule = rules::compile("((('a') == (tags.team))) and true");
    REQUIRE(rule.has_value());
    const auto why = rule->explain(supportRequest());
    CHECK_FALSE(why.matched);
    CHECK(why.findings == std::vector<rules::Finding>{
                              {"('a') == (tags.team)", {{"tags.team", "'support'"}}, false}});
  }

  TEST_CASE("the groups of the facts it names are known") {
    const auto groups = [](std::string_view text) { return rules::compile(text)->factGroups(); };
    const auto only = [](FactGroup group) {
      rules::FactGroups one;
      one.add(group);
      return one;
    };
    CHECK(groups("1 == 1") == rules::FactGroups());
    CHECK(groups("tags.a == model and exists(end_user)") == only(FactGroup::Request));
    CHECK(groups("request.prompt_tokens > 9") == only(FactGroup::Prompt));
    CHECK(groups("request.has_images") == only(FactGroup::Prompt));
    CHECK(groups("budget.used_pct > 1 or exists(budgets.a.used_pct)") == only(FactGroup::Budgets));
    CHECK(groups("cost.estimate_usd > 1") == only(FactGroup::Cost));
    CHECK(groups("latency.a.p50_ms > 1") == only(FactGroup::Latency));
    CHECK(groups("provider.a.healthy") == only(FactGroup::Health));
    CHECK(groups("time.hour in [1]") == only(FactGroup::WallClock));
    const auto both = groups("false and time.hour == 1 or tags.a == 'b'");
    CHECK(both.has(FactGroup::WallClock));
    CHECK(both.has(FactGroup::Request));
    CHECK_FALSE(both.has(FactGroup::Budgets));
  }

  TEST_CASE("copies outlive the text and the original") {
    std::string text = "tags.team == 'support'";
    auto rule = rules::compile(text);
    REQUIRE(rule.has_value());
    const rules::Expression copy = *rule;
    rule = rules::RuleError{};
    text.assign(text.size(), 'x');
    CHECK(copy.matches(supportRequest()));
    CHECK(copy.text() == "tags.team == 'support'");
  }
}
