#include "proxy/endpoint.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace penstock;
using namespace penstock::proxy;

TEST_SUITE("proxy/endpoint") {
  TEST_CASE("every media endpoint has a name, a kind and an action of its own") {
    std::set<std::string> names;
    std::set<provider::Action> actions;
    for (auto i = static_cast<int>(Endpoint::Moderations);
         i <= static_cast<int>(Endpoint::Translations); ++i) {
      const auto endpoint = static_cast<Endpoint>(i);
      CHECK(mediaKindOf(endpoint));
      CHECK_FALSE(provider::mediaPath(actionOf(endpoint)).empty());
      names.insert(endpointName(endpoint, dialect::Dialect::OpenAi));
      actions.insert(actionOf(endpoint));
    }
    CHECK(names.size() == 7);
    CHECK(actions.size() == 7);
  }

  TEST_CASE("chats are named by their dialect, and are no media") {
    CHECK(std::string(endpointName(Endpoint::Chat, dialect::Dialect::Anthropic)) == "messages");
    CHECK(std::string(endpointName(Endpoint::Embeddings, dialect::Dialect::OpenAi)) ==
          "embeddings");
    CHECK_FALSE(mediaKindOf(Endpoint::Chat));
    CHECK(actionOf(Endpoint::ChatDryRun) == provider::Action::Chat);
  }
}
