#include "pricing/import.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "json/document.h"
#include "pricing/rates_text.h"

using namespace penstock;
using namespace penstock::pricing;

namespace {

json::Document golden(const std::string& name) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "../../golden/prices/import" /
                     name);
  REQUIRE(file);
  auto document = json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  REQUIRE(document);
  return *std::move(document);
}

const PriceCatalogue& catalogue() {
  static const PriceCatalogue built = PriceCatalogue::builtIn();
  return built;
}

using Lines = std::map<std::string, std::string>;

// "openai/gpt-4o" → its rates and limits.
Lines pricesOf(const ImportedPrices& all) {
  Lines lines;
  const auto limit = [](std::optional<int64_t> tokens) {
    return tokens ? std::to_string(*tokens) : std::string("-");
  };
  for (const ImportedPrice& price : all.prices) {
    lines[price.provider + "/" + price.model] = formatRates(price.price) + " | " +
                                                limit(price.context_window) + " " +
                                                limit(price.max_output_tokens);
  }
  return lines;
}

Lines skippedOf(const ImportedPrices& all) {
  Lines lines;
  for (const SkippedEntry& entry : all.skipped) lines[entry.name] = entry.reason;
  return lines;
}

Lines leftOutOf(const ImportedPrices& all) {
  Lines lines;
  for (const LeftOutField& field : all.left_out) {
    lines[field.field] = std::to_string(field.count) + " " + field.example;
  }
  return lines;
}

}  // namespace

TEST_SUITE("pricing/import") {
  TEST_CASE("LiteLLM's list") {
    const json::Document document = golden("litellm.json");
    const ImportedPrices all = importLiteLlm(document.root(), catalogue());
    CHECK(
        pricesOf(all) ==
        Lines{{"openai/gpt-4o", "i2500000 r1250000 o10000000 | 128000 16384"},
              {"google/gemini-2.5-pro",
               "i1250000>200000:2500000 r125000>200000:250000 o10000000>200000:15000000 | 1048576 "
               "65535"},
              {"anthropic/claude-sonnet-4-5",
               "i3000000 r300000 w3750000 h6000000 o15000000 x10000000000 | 200000 -"},
              {"openai/whisper-1", "i0 s360000000000 | - -"},
              {"aws/1024-x-1024/50-steps/bedrock/amazon.nova-canvas-v1:0",
               "i0 n60000000000 | 2600 -"}});
    CHECK(skippedOf(all) ==
          Lines{{"google/gemini-2.5-pro", "is listed more than once; the first is taken"},
                {"nowhere/llm", "provider nowhere is not known here"},
                {"groq/free-model", "has no price that we could bill by"},
                {"xai/odd", "input_cost_per_token is not a price, or finer than a picodollar"}});
    CHECK(leftOutOf(all) == Lines{{"input_cost_per_token_batches", "1 gpt-4o"},
                                  {"output_cost_per_token_batches", "1 gpt-4o"},
                                  {"output_cost_per_second", "1 whisper-1"}});
  }

  TEST_CASE("models.dev's list") {
    const json::Document document = golden("models_dev.json");
    const ImportedPrices all = importModelsDev(document.root(), catalogue());
    CHECK(
        pricesOf(all) ==
        Lines{{"openai/gpt-4o", "i2500000 r1250000 o10000000 | 128000 16384"},
              {"google/gemini-2.5-pro",
               "i1250000>200000:2500000 r310000>200000:625000 o10000000>200000:15000000 | 1048576 "
               "65536"},
              {"x-ai/grok-4", "i3000000 r750000 o15000000 | 256000 -"}});
    CHECK(skippedOf(all) ==
          Lines{{"openai/gpt-oss", "has no price"}, {"obscure", "provider is not known here"}});
    CHECK(leftOutOf(all) == Lines{{"output_video", "1 google/gemini-2.5-pro"}});
  }

  TEST_CASE("what is of another form is skipped, not misread") {
    const auto parsed = json::parse(R"({"a":5,"b":[],"c":{"litellm_provider":"openai",
        "input_cost_per_token":"cheap"},"d":{"litellm_provider":"openai",
        "input_cost_per_token_above_xk_tokens":1e-6}})");
    REQUIRE(parsed);
    const ImportedPrices all = importLiteLlm(parsed->root(), catalogue());
    CHECK(all.prices.empty());
    CHECK(all.skipped.size() == 4);
    CHECK(importModelsDev(parsed->root(), catalogue()).prices.empty());
  }
}
