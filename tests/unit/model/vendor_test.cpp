#include "model/vendor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

using namespace penstock;
using model::Dialect;
using model::Family;
using model::findVendor;

TEST_SUITE("model/vendor") {
  TEST_CASE(
      "the table has the vendors that Modelux documents, and many that speak OpenAI's dialect") {
    for (const char* id : {"openai", "anthropic", "google", "azure_openai", "bedrock", "groq",
                           "fireworks", "deepseek", "xai", "mistral", "cerebras", "together",
                           "perplexity", "cohere", "vertex", "voyage", "demo"}) {
      INFO(std::string(id));
      REQUIRE(findVendor(id) != nullptr);
      CHECK(findVendor(id)->id == id);
    }
    const auto presets = std::ranges::count_if(model::vendors(), [](const model::Vendor& vendor) {
      return vendor.family == Family::OpenAi && vendor.id != "openai" && vendor.id != "demo";
    });
    CHECK(presets >= 40);
  }

  TEST_CASE("ids are unique and fit where names do; addresses are whole") {
    std::set<std::string_view> ids;
    for (const model::Vendor& vendor : model::vendors()) {
      INFO(std::string(vendor.id));
      CHECK(ids.insert(vendor.id).second);
      CHECK(vendor.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
            std::string_view::npos);
      CHECK_FALSE(vendor.name.empty());
      CHECK_FALSE(vendor.models_path.empty());
      CHECK_FALSE(vendor.base_url.ends_with('/'));
      const bool plain = vendor.base_url.starts_with("http://localhost:");
      CHECK((plain || vendor.base_url.empty() || vendor.base_url.starts_with("https://") ||
             vendor.base_url.starts_with(model::kInternalScheme)));
      // Who asks for no key lives in the house.
      if (plain && vendor.id != "litellm") CHECK(vendor.keys == model::KeyScheme::None);
    }
  }

  TEST_CASE("other names lead to the vendor, and none hides one") {
    CHECK(findVendor("azure") == findVendor("azure_openai"));
    CHECK(findVendor("gemini") == findVendor("google"));
    CHECK(findVendor("vertex_ai") == findVendor("vertex"));
    CHECK(findVendor("together_ai") == findVendor("together"));
    CHECK(findVendor("acme") == nullptr);
    CHECK(findVendor("") == nullptr);
    for (const model::Vendor& vendor : model::vendors()) CHECK(findVendor(vendor.id) == &vendor);
  }

  TEST_CASE("quirks are data") {
    CHECK(findVendor("openai")->has(model::quirk::kMaxCompletionTokens));
    CHECK(findVendor("mistral")->has(model::quirk::kShortToolIds));
    CHECK_FALSE(findVendor("mistral")->fields.empty());
    CHECK(findVendor("groq")->has(model::quirk::kUsageInXGroq));
    CHECK(findVendor("minimax")->has(model::quirk::kErrorInBaseResp));
    CHECK_FALSE(findVendor("openai")->has(model::quirk::kNoN));
    CHECK(findVendor("bedrock")->dialect == Dialect::Bedrock);
    CHECK(findVendor("xai")->catalogueId() == "x-ai");
    CHECK(findVendor("groq")->catalogueId() == "groq");
  }

  TEST_CASE("bare names of models mean their makers") {
    CHECK(model::vendorOfBareModel("gpt-4o") == "openai");
    CHECK(model::vendorOfBareModel("o3-mini") == "openai");
    CHECK(model::vendorOfBareModel("claude-x") == "anthropic");
    CHECK(model::vendorOfBareModel("gemini-x") == "google");
    CHECK(model::vendorOfBareModel("demo-chat") == "demo");
    for (const char* name : {"dall-e-3", "whisper-1", "tts-1-hd", "omni-moderation-latest"})
      CHECK(model::vendorOfBareModel(name) == "openai");
    CHECK(model::vendorOfBareModel("llama-4").empty());
  }
}
