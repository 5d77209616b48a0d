#include "guard/rule_json.h"

#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "json/document.h"

using namespace penstock;

namespace {

// The places of everything that is wrong with the rules.
std::vector<std::string> faults(const std::string& rules) {
  const auto document = json::parse("{\"g\":" + rules + "}");
  REQUIRE_MESSAGE(document, rules);
  json::ObjectReader body(document->root());
  std::map<std::string, Secret, std::less<>> secrets;
  guard::readRules(body, "g", secrets);
  const Status status = body.finish();
  std::vector<std::string> places;
  if (status) return places;
  for (const FieldError& fault : status.error().fields) places.push_back(fault.param);
  return places;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_SUITE("guard/rule_json") {
  TEST_CASE("every kind is read and written alike") {
    const std::string rules =
        R"([{"name":"a","kind":"regex","where":"both","action":"redact","patterns":["x+"]},)"
        R"({"name":"b","kind":"keywords","where":"output","action":"block","keywords":["k"],"whole_words":false},)"
        R"({"name":"c","kind":"pii","where":"both","action":"flag","types":["email","iban"]},)"
        R"({"name":"d","kind":"secrets","where":"input","action":"redact","types":[]},)"
        R"({"name":"e","kind":"max_prompt","where":"input","action":"block","max_bytes":10,"max_tokens":null},)"
        R"({"name":"f","kind":"models","where":"input","action":"block","allow":["gpt-*"],"deny":[]},)"
        R"({"name":"g","kind":"tools","where":"input","action":"flag","allow":[],"deny":["bash"]},)"
        R"({"name":"h","kind":"webhook","where":"both","url":"https://x.example/g","private":false,)"
        R"("timeout_ms":500,"fail_open":true}])";
    const auto parsed = guard::parseRules(rules);
    REQUIRE_MESSAGE(parsed, parsed.error().message);
    CHECK(guard::writeRules(*parsed) == rules);
    CHECK(*guard::parseRules(guard::writeRules(*parsed)) == *parsed);
  }

  TEST_CASE("what is absent has a default") {
    const auto rules = *guard::parseRules(
        R"([{"name":"t","kind":"pii","action":"redact"},{"name":"m","kind":"models","action":"block","deny":["x"]},
            {"name":"w","kind":"webhook","url":"https://x"}])");
    CHECK(rules[0].where == guard::Where::Both);
    CHECK(rules[1].where == guard::Where::Input);
    const auto& hook = std::get<guard::WebhookRule>(rules[2].kind);
    CHECK(hook.timeout_ms == 2000);
    CHECK_FALSE(hook.fail_open);
    CHECK(guard::parseRules("null")->empty());
  }

  TEST_CASE("each fault is told with its place") {
    const struct {
      const char* rules;
      Texts places;
    } cases[] = {
        {R"([{}])", {"/g/0/name", "/g/0/kind"}},
        {R"([{"name":"a","kind":"x"}])", {"/g/0/kind"}},
        {R"([{"name":"a","kind":"pii"}])", {"/g/0/action"}},
        {R"([{"name":"a","kind":"pii","action":"shout","where":"here"}])",
         {"/g/0/where", "/g/0/action"}},
        {R"([{"name":"a","kind":"pii","action":"flag","types":["email","shoe"]}])",
         {"/g/0/types/1"}},
        {R"([{"name":"a","kind":"pii","action":"flag","patterns":["x"]}])", {"/g/0/patterns"}},
        {R"([{"name":"a","kind":"regex","action":"flag","patterns":["x","(","y*"]}])",
         {"/g/0/patterns/1", "/g/0/patterns/2"}},
        {R"([{"name":"a","kind":"regex","action":"flag"}])", {"/g/0/patterns"}},
        {R"([{"name":"a","kind":"keywords","action":"flag","keywords":[]}])", {"/g/0/keywords"}},
        {R"([{"name":"a","kind":"max_prompt","action":"redact"}])", {"/g/0/action"}},
        {R"([{"name":"a","kind":"max_prompt","action":"block"}])", {"/g/0"}},
        {R"([{"name":"a","kind":"models","action":"block","where":"output","deny":["x"]}])",
         {"/g/0/where"}},
        {R"([{"name":"a","kind":"tools","action":"block"}])", {"/g/0"}},
        {R"([{"name":"a","kind":"webhook","action":"block","url":"https://x"}])", {"/g/0/action"}},
        {R"([{"name":"a","kind":"webhook","url":"http://x","secret":"short","timeout_ms":1}])",
         {"/g/0/timeout_ms", "/g/0/secret", "/g/0/url"}},
        {R"([{"name":"a","kind":"webhook","url":"ftp://x"}])", {"/g/0/url"}},
        {R"([{"name":"a","kind":"webhook","url":"https://localhost/g"}])", {"/g/0/url"}},
        {R"([{"name":"a","kind":"webhook","url":"http://10.0.0.1","private":true}])", {}},
        {R"([{"name":"a","kind":"pii","action":"flag"},{"name":"a","kind":"pii","action":"flag"}])",
         {"/g/1/name"}},
        {R"({})", {"/g"}},
    };
    for (const auto& c : cases) {
      INFO(std::string(c.rules));
      CHECK(faults(c.rules) == c.places);
    }
  }

  TEST_CASE("numbers are bounded") {
    std::string rules, patterns;
    for (int i = 0; i < 51; ++i) {
      rules += (i == 0 ? "" : ",") + (R"({"name":")" + std::to_string(i)) +
               R"(","kind":"pii","action":"flag"})";
    }
    CHECK(faults("[" + rules + "]") == Texts{"/g"});
    for (int i = 0; i < 20; ++i) patterns += i == 0 ? "\"x\"" : ",\"x\"";
    rules.clear();
    for (int i = 0; i < 6; ++i) {
      rules += (i == 0 ? "" : ",") + (R"({"name":")" + std::to_string(i)) +
               R"(","kind":"regex","action":"flag","patterns":[)" + patterns + "]}";
    }
    CHECK(faults("[" + rules + "]") == Texts{"/g/5/patterns"});
  }

  TEST_CASE("an invalid pattern is told with RE2's words") {
    const auto parsed = guard::parseRules(
        R"x([{"name":"a","kind":"regex","action":"flag","patterns":["a(?=b)"]}])x");
    CHECK(parsed.error().message ==
          "/rules/0/patterns/0: the pattern is not valid: invalid perl operator: (?=");
  }
}
