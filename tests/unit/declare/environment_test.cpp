#include "declare/environment.h"

#include <doctest/doctest.h>

#include "declare/yaml.h"
#include "json/document.h"
#include "json/writer.h"

using namespace penstock;

namespace {

std::optional<std::string> lookup(std::string_view name) {
  if (name == "KEY") return "k\"1";
  if (name == "EMPTY") return "";
  if (name == "REFERENCE") return "${KEY}";
  return {};
}

Result<std::string> substituted(std::string_view json) {
  return declare::substitute(json::parse(json)->root(), lookup);
}

std::string one(std::string_view text) {
  const auto answer = substituted("[" + json::quoted(text) + "]");
  if (!answer) return "error: " + answer.error().message;
  return std::string(*json::parse(*answer)->root().at(0).asString());
}

}  // namespace

TEST_SUITE("declare/environment") {
  TEST_CASE("references in string values are replaced, whatever the variable holds") {
    CHECK(one("${KEY}") == "k\"1");
    CHECK(one("a ${KEY} b ${KEY}") == "a k\"1 b k\"1");
    CHECK(one("${NONE:-x y}") == "x y");
    CHECK(one("${EMPTY:-x}") == "x");
    CHECK(one("${KEY:-x}") == "k\"1");
    CHECK(one("${NONE:-}") == "");
    CHECK(one("${EMPTY}") == "");
    CHECK(one("${REFERENCE}") == "${KEY}");  // once only
    CHECK(one("$KEY $ {KEY} }") == "$KEY $ {KEY} }");
    CHECK(one("$${KEY}") == "${KEY}");
    CHECK(*substituted(R"({"${KEY}":{"a":[1,null,"${KEY}"]}})") ==
          R"({"${KEY}":{"a":[1,null,"k\"1"]}})");
  }

  TEST_CASE("a missing variable is named with its place, and all of them are") {
    const auto answer =
        substituted(R"({"providers":[{"api_key":"${NONE}"},{"api_key":"x${OTHER}"}]})");
    REQUIRE(!answer);
    CHECK(answer.error().code == "invalid_reference");
    CHECK(answer.error().message == "/providers/0/api_key: the variable NONE is not set");
    REQUIRE(answer.error().fields.size() == 2);
    CHECK(answer.error().fields[1].param == "/providers/1/api_key");
  }

  TEST_CASE("a broken reference is an error that does not quote the text") {
    CHECK(one("hunter2${KEY") == "error: /0: a ${ has no }; write $${ for a plain ${");
    CHECK(one("hunter2${not a name}") == "error: /0: a ${…} does not name a variable");
    CHECK(one("${}") == "error: /0: a ${…} does not name a variable");
  }

  TEST_CASE("escaping is undone by substituting") {
    for (const char* text : {"${KEY}", "$${KEY}", "$$${", "plain", "a${b${c}", "$"}) {
      const auto document = json::parse("[" + json::quoted(text) + "]");
      const auto escaped = json::parse(declare::escapeReferences(document->root()));
      const auto back = declare::substitute(escaped->root(), lookup);
      REQUIRE_MESSAGE(back, text);
      CHECK(*back == document->root().text());
    }
  }

  TEST_CASE("references of other gateways become ours") {
    CHECK(declare::referenceOf("os.environ/OPENAI_API_KEY", "os.environ/") == "${OPENAI_API_KEY}");
    CHECK(declare::referenceOf("env.KEY", "env.") == "${KEY}");
    CHECK(declare::referenceOf("sk-1${x", "env.") == "sk-1$${x");
    CHECK(declare::referenceOf("os.environ/", "os.environ/") == "os.environ/");
  }
}
