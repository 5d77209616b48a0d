#include "auth/access.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock;

namespace {

IpAllowList listOf(const std::vector<std::string>& texts) {
  return IpAllowList::parse(texts).value();
}

}  // namespace

TEST_SUITE("auth/access") {
  TEST_CASE("a peer must be in the organization's list and in the key's") {
    const IpAllowList any, lan = listOf({"10.0.0.0/8"}), host = listOf({"10.0.0.5", "::1"});
    struct Case {
      const IpAllowList &organization, &key;
      const char* peer;
      const char* refused_by;  // "" when allowed
    };
    for (const Case& c : std::vector<Case>{{any, any, "8.8.8.8", ""},
                                           {any, any, "local", ""},
                                           {lan, any, "10.9.9.9", ""},
                                           {lan, any, "11.9.9.9", "organization"},
                                           {any, host, "10.0.0.5", ""},
                                           {any, host, "::1", ""},
                                           {any, host, "10.0.0.6", "key"},
                                           {lan, host, "10.0.0.5", ""},
                                           {lan, host, "10.0.0.6", "key"},
                                           {lan, host, "::1", "organization"},
                                           {lan, any, "local", "organization"}}) {
      INFO(c.peer);
      const Status status = auth::checkAddress(c.organization, c.key, c.peer);
      CHECK(status.has_value() == std::string(c.refused_by).empty());
      if (status) continue;
      CHECK(status.error().kind == ErrorKind::Forbidden);
      CHECK(status.error().code == "ip_not_allowed");
      CHECK(status.error().message.find(c.refused_by) != std::string::npos);
    }
  }

  TEST_CASE("a key may use the models that its patterns name, as the caller writes them") {
    model::ApiKey key;
    CHECK(auth::checkModel(key, "anything"));
    key.allowed_models = {"@production", "openai/*", "gpt-4o"};
    for (const char* model : {"@production", "openai/gpt-4o", "openai/", "gpt-4o"}) {
      INFO(model);
      CHECK(auth::checkModel(key, model));
    }
    for (const char* model : {"@production2", "@prod", "production", "openai", "OpenAI/gpt-4o",
                              "gpt-4o-mini", "openai2/x", "", "*"}) {
      INFO(model);
      const Status status = auth::checkModel(key, model);
      REQUIRE_FALSE(status);
      CHECK(status.error().kind == ErrorKind::Forbidden);
      CHECK(status.error().code == "model_not_allowed");
      CHECK(status.error().param == "model");
    }
    key.allowed_models = {"*"};
    CHECK(auth::checkModel(key, "@anything"));
  }
}
