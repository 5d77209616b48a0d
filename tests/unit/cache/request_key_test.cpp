#include "cache/request_key.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;

namespace {

cache::KeyScope scope() {
  return {"proj_1", "chat.completions", "", {"rc_1v1"}, {"prov_1@1/m", "prov_2@1/n"}};
}

Sha256 keyOf(const std::string& body, const cache::KeyScope& of = scope()) {
  json::ObjectIndex index;
  REQUIRE(json::scanObject(body, index));
  return cache::requestKey(of, index);
}

}  // namespace

TEST_SUITE("cache/request_key") {
  TEST_CASE("members that do not change the answer, and their order, make no difference") {
    const Sha256 key = keyOf(R"({"messages":[1],"max_tokens":5})");
    for (const char* same :
         {R"({"max_tokens":5,"messages":[1]})", R"({ "messages" : [1] , "max_tokens" : 5 })",
          R"({"model":"@x","messages":[1],"max_tokens":5,"stream":true,"stream_options":{}})",
          R"({"messages":[1],"max_tokens":5,"user":"u","metadata":{"a":"b"},"mlx:tags":{"t":"v"}})",
          R"({"m\u0065ssages":[1],"max_tokens":5})"}) {
      CHECK_MESSAGE(keyOf(same) == key, same);
    }
  }

  TEST_CASE("whatever else the body says makes another request") {
    const Sha256 key = keyOf(R"({"messages":[1],"max_tokens":5})");
    for (const char* other :
         {R"({"messages":[1]})", R"({"messages":[1 ],"max_tokens":5})",
          R"({"messages":[1],"max_tokens":6})", R"({"messages":[1],"max_tokens":5,"seed":1})",
          R"({"messages":5,"max_tokens":[1]})", R"({"messages":[1],"max_tokens":5,"x":null})"}) {
      CHECK_MESSAGE(keyOf(other) != key, other);
    }
  }

  TEST_CASE("so does everything of its scope but the order of the targets") {
    const std::string body = R"({"messages":[1]})";
    const Sha256 key = keyOf(body);
    cache::KeyScope same = scope();
    std::swap(same.targets[0], same.targets[1]);
    same.targets.push_back(same.targets[0]);
    CHECK(keyOf(body, same) == key);
    for (auto change : std::initializer_list<void (*)(cache::KeyScope&)>{
             [](cache::KeyScope& s) { s.project_id = "proj_2"; },
             [](cache::KeyScope& s) { s.endpoint = "embeddings"; },
             [](cache::KeyScope& s) { s.variant = "control"; },
             [](cache::KeyScope& s) { s.configs[0] = "rc_1v2"; },
             [](cache::KeyScope& s) { s.configs.emplace_back("rc_2v1"); },
             [](cache::KeyScope& s) { s.targets.pop_back(); },
             [](cache::KeyScope& s) { s.targets[0] = "prov_1@2/m"; }}) {
      cache::KeyScope other = scope();
      change(other);
      CHECK(keyOf(body, other) != key);
    }
  }

  TEST_CASE("parts do not run into each other") {
    cache::KeyScope one = scope(), two = scope();
    one.configs = {"ab", "c"};
    two.configs = {"a", "bc"};
    CHECK(keyOf("{}", one) != keyOf("{}", two));
    CHECK(keyOf(R"({"a":1,"b":2})") != keyOf(R"({"ab":1,"":2})"));
  }
}
