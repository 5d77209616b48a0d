#include "manage/provider_fields.h"

#include <doctest/doctest.h>

#include <string>

#include "json/document.h"

using namespace penstock;
using manage::Edit;

namespace {

// The first wrong field, or nothing.
std::string firstError(const std::string& json, model::Provider& provider,
                       Edit edit = Edit::Create) {
  const auto document = json::parse(json);
  REQUIRE(document);
  json::ObjectReader body(document->root());
  manage::readProvider(body, provider, edit);
  const Status checked = body.finish();
  return checked ? "" : checked.error().param;
}

std::string firstErrorOfNew(const std::string& json) {
  model::Provider provider;
  provider.vendor = "openai";
  return firstError(json, provider);
}

}  // namespace

TEST_SUITE("manage/provider_fields") {
  TEST_CASE("addresses that are not public need \"private\"") {
    for (const char* host :
         {"127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
          "100.64.0.1", "[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "localhost",
          "LOCALHOST", "api.localhost"}) {
      INFO(std::string(host));
      const std::string fields =
          std::string(R"({"name":"x","base_url":"http://)") + host + R"(:8000/v1")";
      CHECK(firstErrorOfNew(fields + "}") == "/base_url");
      CHECK(firstErrorOfNew(fields + R"(,"private":true})") == "");
    }
    CHECK(firstErrorOfNew(R"({"name":"x","base_url":"https://llm.example.com/v1"})") == "");
    CHECK(firstErrorOfNew(R"({"name":"x","base_url":"https://8.8.8.8/v1"})") == "");
  }

  TEST_CASE("base URLs that two parsers could read differently are refused") {
    for (const char* url : {"ftp://x/v1", "x", "https://", "https://u:p@host/", "https://host/?a",
                            "https://host/#a", "https://127.1/", "https://localhost./",
                            "https://0x7f.0.0.1/", "https://host:0/", "https://host/a/../b"}) {
      INFO(std::string(url));
      CHECK(firstErrorOfNew(std::string(R"({"name":"x","base_url":")") + url +
                            R"(","private":true})") == "/base_url");
    }
  }

  TEST_CASE("the vendor's own address needs a key") {
    CHECK(firstErrorOfNew(R"({"name":"x"})") == "/api_key");
    CHECK(firstErrorOfNew(R"({"name":"x","base_url":"https://api.openai.com/v1"})") == "/api_key");
    CHECK(firstErrorOfNew(R"({"name":"x","api_key":"sk-1"})") == "");
  }

  TEST_CASE("a key must fit into a header, and a name into a model") {
    CHECK(firstErrorOfNew(R"({"name":"x","api_key":"sk-1\nHost: evil"})") == "/api_key");
    CHECK(firstErrorOfNew(R"({"name":"x","api_key":"sk 1"})") == "/api_key");
    CHECK(firstErrorOfNew(R"({"name":"My OpenAI","api_key":"sk-1"})") == "/name");
  }

  TEST_CASE("the default model is the vendor's at the vendor's own address") {
    struct Case {
      const char* json;
      const char* model;
    };
    for (const Case& c :
         {Case{R"({"name":"x","api_key":"k"})", "gpt-4o-mini"},
          Case{R"({"name":"x","api_key":"k","base_url":"https://api.openai.com/v1"})",
               "gpt-4o-mini"},
          Case{R"({"name":"x","base_url":"https://vllm.example.com/v1"})", ""},
          Case{R"({"name":"x","base_url":"https://v.example.com/v1","default_model":"m"})", "m"},
          Case{R"({"name":"x","api_key":"k","default_model":""})", ""}}) {
      INFO(std::string(c.json));
      model::Provider provider;
      provider.vendor = "openai";
      CHECK(firstError(c.json, provider) == "");
      CHECK(provider.default_model == c.model);
    }
  }

  TEST_CASE("a secret does not follow its provider to another host") {
    model::Provider stored;
    stored.vendor = "openai";
    stored.name = "x";
    stored.api_key = Secret("sk-1");
    const auto edited = [&](const char* json) {
      model::Provider provider = stored;
      return firstError(json, provider, Edit::Update);
    };
    CHECK(edited(R"({"base_url":"https://evil.example.com/v1"})") == "/api_key");
    CHECK(edited(R"({"base_url":"http://api.openai.com/v1"})") == "/api_key");
    CHECK(edited(R"({"base_url":"https://evil.example.com/v1","api_key":"sk-2"})") == "");
    CHECK(edited(R"({"base_url":"https://evil.example.com/v1","api_key":null})") == "");
    CHECK(edited(R"({"base_url":"https://api.openai.com/v2"})") == "");
    CHECK(edited(R"({"name":"y"})") == "");
  }

  TEST_CASE("a default is replaced, not dropped") {
    model::Provider provider;
    provider.vendor = "openai";
    provider.api_key = Secret("sk-1");
    provider.is_default = true;
    CHECK(firstError(R"({"default":false})", provider, Edit::Update) == "/default");
  }

  TEST_CASE("limits and probes have bounds, and null takes them away") {
    model::Provider provider;
    provider.vendor = "demo";
    CHECK(firstError(R"({"name":"d","quota_group":"org-1","max_concurrency":8,)"
                     R"("probe_interval_seconds":60})",
                     provider) == "");
    CHECK(provider.quota_group == "org-1");
    CHECK(provider.max_concurrency == 8);
    CHECK(provider.probe_interval_seconds == 60);
    CHECK(firstError(R"({"name":"e"})", provider, Edit::Update) == "");
    CHECK(provider.quota_group == "org-1");
    CHECK(firstError(R"({"quotaGroup":null,"max_concurrency":null,"probe_interval_seconds":null})",
                     provider, Edit::Update) == "");
    CHECK(provider.quota_group.empty());
    CHECK_FALSE(provider.max_concurrency);
    CHECK_FALSE(provider.probe_interval_seconds);
    for (const char* wrong :
         {R"({"quota_group":""})", R"({"quota_group":"My org"})", R"({"max_concurrency":0})",
          R"({"max_concurrency":100001})", R"({"probe_interval_seconds":4})",
          R"({"probe_interval_seconds":86401})", R"({"probe_interval_seconds":"60"})"}) {
      INFO(std::string(wrong));
      const std::string field = wrong;
      CHECK(firstError(wrong, provider, Edit::Update) ==
            "/" + field.substr(2, field.find('"', 2) - 2));
    }
  }

  TEST_CASE("the built-in provider has no address") {
    model::Provider provider;
    provider.vendor = "demo";
    CHECK(firstError(R"({"name":"d","base_url":"https://x.example.com"})", provider) ==
          "/base_url");
    model::Provider plain;
    plain.vendor = "demo";
    CHECK(firstError(R"({"name":"d"})", plain) == "");
    CHECK(plain.default_model == "demo-chat");
  }
}
