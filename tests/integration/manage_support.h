#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "json/document.h"
#include "support/api.h"

// What the tests of the management API share.
namespace penstock::test {

constexpr const char* kBase = "/manage/v1";

// Nobody waits for the rate limit in tests of other things.
inline GatewayOptions quietOptions() {
  GatewayOptions options;
  options.ephemeral = true;
  options.quiet = true;
  options.manage_rate_limit_rpm = 1'000'000;
  return options;
}
inline Gateway quietGateway() { return Gateway::start(quietOptions()); }

inline json::Document parsed(const std::string& text) {
  auto document = json::parse(text);
  REQUIRE_MESSAGE(document, text);
  return *std::move(document);
}

// A member of `data` as text: a string's content, else its JSON. "" when it is not there.
inline std::string dataText(const Answer& answer, const std::string& name) {
  const auto document = parsed(answer.body);
  const auto data = document.root().find("data");
  const auto value = data ? data->find(name) : std::nullopt;
  if (!value) return "";
  return value->isString() ? std::string(*value->asString()) : value->text();
}

inline std::string errorCode(const Answer& answer) {
  const auto document = parsed(answer.body);
  const auto error = document.root().find("error");
  return error ? std::string(error->stringAt("code").value_or("")) : "";
}

// The params of error.errors, in order.
inline std::vector<std::string> errorParams(const Answer& answer) {
  const auto document = parsed(answer.body);
  std::vector<std::string> params;
  const auto error = document.root().find("error");
  const auto fields = error ? error->find("errors") : std::nullopt;
  if (!fields) return params;
  for (const auto field : fields->elements()) params.emplace_back(*field.stringAt("param"));
  return params;
}

// One field of every item of a list, over all its pages.
inline std::vector<std::string> listAll(Api& api, const std::string& path, const std::string& field,
                                        size_t limit = 50) {
  std::vector<std::string> values;
  std::string cursor;
  do {
    const char separator = path.find('?') == std::string::npos ? '?' : '&';
    const Answer page = api.get(kBase + path + separator + "limit=" + std::to_string(limit) +
                                (cursor.empty() ? "" : "&cursor=" + cursor));
    REQUIRE(page.status == 200);
    const auto document = parsed(page.body);
    for (const auto item : document.root().find("data")->elements()) {
      const auto value = item.find(field);
      REQUIRE(value);
      values.push_back(value->isString() ? std::string(*value->asString()) : value->text());
    }
    cursor = document.root().stringAt("next_cursor").value_or("");
    CHECK(document.root().find("has_more")->asBool() == !cursor.empty());
  } while (!cursor.empty());
  return values;
}

// All project keys may bring keys for providers from then on.
inline void allowProviderKeys(Api& manage) {
  for (const std::string& id : listAll(manage, "/api-keys", "id")) {
    const Answer changed =
        manage.patch(kBase + ("/api-keys/" + id), R"({"allow_provider_keys":true})");
    REQUIRE_MESSAGE(changed.status == 200, changed.body);
  }
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A scenario is data: what is sent, what must come back, and what must never.
struct Scenario {
  std::string name;
  std::string method;
  std::string path;  // below the base
  std::string body;
  int status;
  std::vector<std::string> has = {};
  std::vector<std::string> never = {};
};

inline void runScenarios(Api& api, const std::vector<Scenario>& scenarios) {
  for (const Scenario& scenario : scenarios) {
    const Answer answer = api.send(scenario.method, kBase + scenario.path, scenario.body);
    INFO(scenario.name);
    INFO(answer.body);
    CHECK(answer.status == scenario.status);
    CHECK(answer.header("X-Modelux-Request-Id").size() == 36);
    for (const std::string& part : scenario.has) CHECK_MESSAGE(contains(answer.body, part), part);
    for (const std::string& part : scenario.never)
      CHECK_MESSAGE(!contains(answer.body, part), part);
  }
}

// A management key of that role.
inline Api withRole(const Gateway& gateway, const std::string& role) {
  Api owner = manageOf(gateway);
  const Answer made = owner.post("/manage/v1/management-keys",
                                 R"({"name":")" + role + R"(","role":")" + role + R"("})");
  REQUIRE(made.status == 201);
  return {gateway.manageUrl(), dataText(made, "key")};
}

}  // namespace penstock::test
