#include "dialect/tool_ids.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

namespace {

Message calls(const std::vector<std::string>& ids) {
  Message message{.role = Role::Assistant};
  for (const auto& id : ids) message.parts.push_back({.value = ToolCallPart{id, "f", "{}"}});
  return message;
}

Message results(const std::vector<std::string>& ids) {
  Message message;
  for (const auto& id : ids) message.parts.push_back({.value = ToolResultPart{id, {}, false}});
  return message;
}

Status check(std::vector<Message> messages) {
  ChatRequest request;
  request.messages = std::move(messages);
  return checkToolPairs(request);
}

}  // namespace

TEST_SUITE("dialect/tool_ids") {
  TEST_CASE("ids that Anthropic takes stay, others are rewritten without meeting") {
    ToolIds ids;
    CHECK(ids.map("toolu_01-A") == "toolu_01-A");
    CHECK(ids.map("a.b") == "a_b");
    CHECK(ids.map("a:b") == "a_b_2");
    CHECK(ids.map("a_b") == "a_b_3");
    CHECK(ids.map("a.b") == "a_b");
    CHECK(ids.map("") == "call");
    for (int i = 0; i < 50'000; ++i) {  // each from the first on would take minutes
      std::string id(17, '.');
      for (int bit = 0; bit < 17; ++bit)
        id[static_cast<size_t>(bit)] = (i >> bit & 1) != 0 ? ':' : '.';
      ids.map(id);
    }
    CHECK(ids.map(std::string(17, '.')) == std::string(17, '_'));
  }

  TEST_CASE("every call has a result before the assistant speaks again, every result a call") {
    CHECK(check({calls({"a", "b"}), results({"b"}), results({"a"}), {}}));
    CHECK(check({calls({"a"}), results({"a"}), calls({"a"}), results({"a"})}));
    CHECK(!check({calls({"a"})}));
    CHECK(!check({calls({"a"}), {}, calls({})}));
    CHECK(!check({results({"a"})}));
    CHECK(!check({calls({"a"}), results({"a"}), results({"a"})}));
    const auto orphan = check({calls({"a"}), results({"a", "x"})});
    REQUIRE(!orphan);
    CHECK(orphan.error().message.find("'x'") != std::string::npos);
  }
}
