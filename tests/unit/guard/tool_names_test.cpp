#include "guard/tool_names.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

std::vector<std::string> names(const std::string& body) {
  std::vector<std::string> found;
  penstock::guard::forEachToolName(body, [&](std::string_view name) {
    found.emplace_back(name);
    return name != "last";
  });
  return found;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_SUITE("guard/tool_names") {
  TEST_CASE("every API's tools have a name") {
    CHECK(names(R"({"tools":[{"type":"function","function":{"name":"a"}},{"type":"web_search"}],
                    "functions":[{"name":"b"}]})") == Texts{"a", "web_search", "b"});
    CHECK(names(R"({"tools":[{"type":"function","name":"c","parameters":{"name":"no"}},
                    {"name":"d","input_schema":{}},{"type":"bash_20250124","name":"bash"}]})") ==
          Texts{"c", "d", "bash"});
    CHECK(
        names(
            R"({"tools":[{"functionDeclarations":[{"name":"e"},{"name":"f"}]},{"googleSearch":{}}]})") ==
        Texts{"e", "f", "googleSearch"});
    CHECK(names(R"({"messages":[]})").empty());
  }

  TEST_CASE("it ends when told to") {
    CHECK(
        names(
            R"({"tools":[{"name":"a"},{"name":"last"},{"name":"b"}],"functions":[{"name":"c"}]})") ==
        Texts{"a", "last"});
  }
}
