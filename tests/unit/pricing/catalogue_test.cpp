#include "pricing/catalogue.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <ctime>

using namespace penstock;
using namespace penstock::pricing;

namespace {
constexpr UnixMillis kNow = 1'777'593'600'000;  // 2026-05-01

const PriceCatalogue& catalogue() {
  static const PriceCatalogue built = PriceCatalogue::builtIn();
  return built;
}

int64_t inputRate(std::string_view provider, std::string_view model) {
  const Price* price = catalogue().find(provider, model, kNow);
  return price == nullptr ? -1 : price->base.input;
}
}  // namespace

TEST_SUITE("pricing/catalogue") {
  TEST_CASE("models are found by name, alias, pattern and date in either spelling") {
    CHECK(inputRate("openai", "gpt-4o-mini") == 150'000);
    CHECK(inputRate("openai", "gpt-4o-mini-2024-07-18") == 150'000);
    CHECK(inputRate("openai", "gpt-4o-mini-20240718") == 150'000);
    CHECK(inputRate("openai", " GPT-4o-Mini ") == 150'000);
    CHECK(inputRate("openai", "ft:gpt-4o-mini-2024-07-18:acme::x") == 300'000);
    CHECK(inputRate("anthropic", "claude-haiku-4-5-20251001") == 1'000'000);
    CHECK(inputRate("google", "gemini-2.5-flash-lite") == 100'000);
  }

  TEST_CASE("a reseller's models are priced as their maker's where it lists none") {
    CHECK(inputRate("azure", "claude-haiku-4-5") == 1'000'000);
  }

  TEST_CASE("what is not known is unpriced, not free") {
    CHECK(catalogue().find("openai", "no-such-model", kNow) == nullptr);
    CHECK(catalogue().find("nobody", "gpt-4o", kNow) == nullptr);
    CHECK(catalogue().find("", "gpt-4o", kNow) == nullptr);
    CHECK(catalogue().find("openai", "", kNow) == nullptr);
  }

  TEST_CASE("the demo provider has prices of its own, with any faults in the name") {
    CHECK(inputRate("demo", "demo-chat") == 100'000);
    CHECK(inputRate("demo", "demo-chat:latency=500") == 100'000);
    CHECK(inputRate("demo", "demo-embedding") == 20'000);
    CHECK(inputRate("demo", "demo-moderation") == 0);
    CHECK(inputRate("openai", "omni-moderation-latest") == 0);
    CHECK(inputRate("demo", "gpt-4o") == -1);
  }

  TEST_CASE("a base URL says whose prices hold") {
    const auto& c = catalogue();
    CHECK(c.providerOf("openai", std::nullopt) == "openai");
    CHECK(c.providerOf("openai", "https://api.openai.com/v1") == "openai");
    CHECK(c.providerOf("openai", "https://API.GROQ.com:443/openai/v1/") == "groq");
    CHECK(c.providerOf("openai", "https://openrouter.ai/api/v1") == "openrouter");
    CHECK(c.providerOf("openai", "https://generativelanguage.googleapis.com/v1beta/openai") ==
          "google");
    CHECK(c.providerOf("openai", "https://my.openai.azure.com/openai/v1") == "azure");
    CHECK(c.providerOf("openai", "https://router.huggingface.co/together/v1") ==
          "huggingface_together");
    CHECK(c.providerOf("openai", "http://127.0.0.1:8000/v1").empty());
    CHECK(c.providerOf("openai", "http://[::1]:8000/v1").empty());
    CHECK(c.providerOf("openai", "https://api.groq.com.evil.example/v1").empty());
    CHECK(c.providerOf("demo", std::nullopt) == "demo");
    CHECK(c.providerOf("demo", "internal://demo") == "demo");
    CHECK(c.providerOf("unheard-of", std::nullopt).empty());
    CHECK(c.providerOf("xai", std::nullopt) == "x-ai");
    CHECK(c.providerOf("x-ai", std::nullopt) == "x-ai");
    CHECK(c.providerOf("azure", "https://my.openai.azure.com") == "azure");
    CHECK(c.providerOf("azure_openai", "https://my.openai.azure.com") == "azure");
    CHECK(c.providerOf("vertex", std::nullopt) == "google");
    CHECK(c.providerOf("bedrock", std::nullopt) == "aws");
    CHECK(c.providerOf("huggingface", "https://router.huggingface.co/groq/openai/v1") ==
          "huggingface_groq");
    CHECK(c.providerOf("vllm", "http://127.0.0.1:8000/v1").empty());
  }

  TEST_CASE("an earlier pattern wins over a later exact name, an earlier table over a later") {
    const std::string_view first = "V\ta\nP\tp\nM\tm\t^x-\nR\t-\ti1\n";
    const std::string_view second = "V\tb\nP\tp\nM\tx\t=x-1|=y\nR\t-\ti2\nM\tz\t^y\nR\t-\ti3\n";
    const std::string_view tables[] = {first, second};
    const PriceCatalogue merged(tables);
    CHECK(merged.find("p", "x-1", 0)->base.input == 1);
    CHECK(merged.find("p", "y", 0)->base.input == 2);
    CHECK(merged.find("p", "y2", 0)->base.input == 3);
    CHECK(merged.version().starts_with("b+"));
  }

  TEST_CASE("the models of all tables are listed once, with the price of the time") {
    const std::string_view first = "V\ta\nP\tp\nM\tm\t=m\nR\t-\ti1\nM\tunpriced\t=u\n";
    const std::string_view second =
        "V\tb\nP\tq\nM\tOther/M\t=other/m\t200000\nR\t-\ti5\nR\t1970-01-02\ti6\n"
        "P\tp\nM\tm\t=m\t1000\nR\t-\ti2\nM\tn\t=n\t1000\nR\t-\ti3\n";
    const std::string_view tables[] = {first, second};
    const PriceCatalogue merged(tables);
    const auto models = merged.models(0);
    REQUIRE(models.size() == 3);
    CHECK(models[0].provider == "p");
    CHECK(models[0].name == "m");
    CHECK(models[0].price->base.input == 1);
    CHECK_FALSE(models[0].context_window);
    CHECK(models[1].name == "n");
    CHECK(models[1].context_window == 1000);
    CHECK(models[2].provider == "q");
    CHECK(models[2].name == "Other/M");
    CHECK(models[2].price->base.input == 5);
    CHECK(merged.models(24 * 3'600'000)[2].price->base.input == 6);
  }

  TEST_CASE("what the built-in catalogue lists is found under its name, as listed") {
    size_t with_window = 0, labels = 0;
    const auto models = catalogue().models(kNow);
    for (const CatalogueModel& model : models) {
      if (model.context_window) ++with_window;
      const Price* found = catalogue().find(model.provider, model.name, kNow);
      if (found == nullptr) {
        ++labels;
      } else {
        CHECK(*found == *model.price);
      }
    }
    CHECK(models.size() > 1400);
    CHECK(with_window > 700);
    CHECK(labels < models.size() / 20);
  }

  TEST_CASE("the version names the source and the contents") {
    CHECK(catalogue().version().starts_with("genai-prices-0.1.8+"));
    CHECK(catalogue().version().size() == 27);
    CHECK(catalogue().modelCount() > 1400);
  }

  TEST_CASE("pricing timings" * doctest::skip()) {
    const auto micros = [](std::clock_t from) {
      return 1e6 * static_cast<double>(std::clock() - from) / CLOCKS_PER_SEC;
    };
    const std::clock_t start = std::clock();
    const auto built = PriceCatalogue::builtIn();
    std::printf("parsing the catalogue: %.0f us\n", micros(start));
    for (const char* model : {"gpt-4o-mini", "gpt-4o-mini-20240718", "no-such-model"}) {
      const std::clock_t from = std::clock();
      for (int i = 0; i < 100'000; ++i) (void)built.find("openai", model, kNow + i);
      std::printf("find %s: %.3f us\n", model, micros(from) / 100'000);
    }
  }
}
