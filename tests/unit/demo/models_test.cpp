#include "demo/models.h"

#include <doctest/doctest.h>

namespace penstock::demo {

TEST_SUITE("demo/models") {
  TEST_CASE("an unknown model is a 404 that names it and those that exist") {
    const auto status = checkModel("gpt-9", kChatModel);
    REQUIRE_FALSE(status);
    CHECK(status.error().kind == ErrorKind::NotFound);
    CHECK(status.error().code == "model_not_found");
    for (const char* part : {"gpt-9", "demo-chat", "demo-embedding", "demo-image", "demo-speech"}) {
      CHECK(status.error().message.find(part) != std::string::npos);
    }
  }

  TEST_CASE("a model of another endpoint is told which one to use") {
    CHECK(checkModel(kChatModel, kChatModel));
    const auto status = checkModel(kChatModel, kEmbeddingModel);
    REQUIRE_FALSE(status);
    CHECK(status.error().message.find("use 'demo-embedding'") != std::string::npos);
  }
}

}  // namespace penstock::demo
