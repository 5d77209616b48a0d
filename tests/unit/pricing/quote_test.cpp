#include "pricing/quote.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <vector>

using namespace penstock;
using namespace penstock::pricing;

namespace {

constexpr UnixMillis kNow = 1'777'593'600'000;  // 2026-05-01
constexpr Seller kOpenAi{"my-openai", "openai"};
constexpr auto kCeiling = UnknownModelPolicy::Ceiling;

const PriceCatalogue& catalogue() {
  static const PriceCatalogue built = PriceCatalogue::builtIn();
  return built;
}

Overrides overridesOf(std::initializer_list<std::array<const char*, 3>> rows) {
  std::vector<model::PriceOverride> all;
  for (const auto& [provider, model, rates] : rows) {
    model::PriceOverride row;
    row.provider = provider;
    row.model = model;
    row.rates = rates;
    row.max_output_tokens = 100;
    all.push_back(row);
  }
  return Overrides::build(all).value();
}

}  // namespace

TEST_SUITE("pricing/quote") {
  TEST_CASE(
      "an override by our name wins over one by the catalogue's id, that over the catalogue") {
    const Overrides none;
    const Overrides some =
        overridesOf({{"openai", "gpt-4o*", "i7 o7"}, {"my-openai", "gpt-4o", "i9 o9"}});
    const PriceBook plain(catalogue(), none), book(catalogue(), some);
    CHECK(plain.quote(kOpenAi, "gpt-4o", kNow, kCeiling).basis == Basis::Catalogue);
    CHECK(plain.quote(kOpenAi, "gpt-4o", kNow, kCeiling).price->base.input == 2'500'000);
    CHECK(plain.quote(kOpenAi, "gpt-4o", kNow, kCeiling).context_window == 128'000);
    const Quote own = book.quote(kOpenAi, " GPT-4o ", kNow, kCeiling);
    CHECK(own.basis == Basis::Override);
    CHECK(own.price->base.input == 9);
    CHECK(own.context_window == 128'000);  // the catalogue's, where the override says nothing
    CHECK(own.max_output == 100);
    CHECK(book.quote(kOpenAi, "gpt-4o-mini", kNow, kCeiling).price->base.input == 7);
    CHECK(book.quote(kOpenAi, "o3", kNow, kCeiling).basis == Basis::Catalogue);
    CHECK(plain.version() == catalogue().version());
    CHECK(book.version() == catalogue().version() + "~" + some.digest());
  }

  TEST_CASE("the project says what becomes of an unknown model") {
    const Overrides none;
    const PriceBook book(catalogue(), none);
    const Quote ceiling = book.quote(kOpenAi, "gpt-99", kNow, kCeiling);
    CHECK(ceiling.basis == Basis::Ceiling);
    CHECK(ceiling.price == &catalogue().ceiling("openai"));
    const Quote free = book.quote(kOpenAi, "gpt-99", kNow, UnknownModelPolicy::Free);
    CHECK(free.basis == Basis::Free);
    CHECK(*free.price == Price{});
    const Quote denied = book.quote(kOpenAi, "gpt-99", kNow, UnknownModelPolicy::Deny);
    CHECK(denied.basis == Basis::Unknown);
    CHECK(denied.price == nullptr);
    CHECK(book.quote({"x", ""}, "m", kNow, kCeiling).price == &catalogue().ceiling("nobody"));
  }

  TEST_CASE("a ceiling is above every price of its provider and of whom it resells") {
    const auto covers = [](const Price& ceiling, const Price& price) {
      model::Usage usage;
      usage.input_uncached = 300'000;
      usage.input_cache_write_1h = 10;
      usage.input_audio = 5;
      usage.output_text = 100;
      usage.output_reasoning = 5;
      usage.output_image = 7;
      usage.web_searches = 1;
      return costOf(ceiling, usage).total >= costOf(price, usage).total;
    };
    for (const CatalogueModel& model : catalogue().models(kNow)) {
      CHECK(covers(catalogue().ceiling(model.provider), *model.price));
      CHECK(covers(catalogue().ceiling(""), *model.price));
    }
    CHECK(
        covers(catalogue().ceiling("azure"), *catalogue().find("azure", "claude-haiku-4-5", kNow)));
  }

  TEST_CASE("the answer's own name is priced unless the name that was asked for is overridden") {
    const Overrides some = overridesOf({{"openai", "gpt-4o", "i9 o9"}});
    const PriceBook book(catalogue(), some);
    const Quote own = book.quote(kOpenAi, "gpt-4o", kNow, kCeiling);
    CHECK(book.quoteAnswered(own, kOpenAi, "gpt-4o-2024-08-06", kNow).price == own.price);
    const Quote automatic = book.quote(kOpenAi, "auto", kNow, kCeiling);
    const Quote chosen = book.quoteAnswered(automatic, kOpenAi, "gpt-4.1", kNow);
    CHECK(chosen.basis == Basis::Catalogue);
    CHECK(chosen.price->base.input == 2'000'000);
    const Quote known = book.quote(kOpenAi, "gpt-4.1", kNow, kCeiling);
    CHECK(book.quoteAnswered(known, kOpenAi, "who-knows", kNow).price == known.price);
  }

  TEST_CASE("a provider serves no dearer tier than it was asked for") {
    const Overrides none;
    const PriceBook book(catalogue(), none);
    CHECK(book.multiplier(kOpenAi, "GPT-4o-mini", "priority") == Multiplier{5, 3});
    CHECK(book.dearestPermille(kOpenAi, "gpt-4o-mini", {"auto"}) == 1667);
    CHECK(book.dearestPermille(kOpenAi, "gpt-4o-mini", {""}) == 1667);
    CHECK(book.dearestPermille(kOpenAi, "gpt-4o-mini", {"default"}) == 1000);
    CHECK(book.dearestPermille(kOpenAi, "gpt-5", {"flex"}) == 1000);
    CHECK(book.dearestPermille(kOpenAi, "gpt-6-astra", {"ultrafast"}) == 6000);
    CHECK(book.dearestPermille({"east", "azure"}, "gpt-4.1", {}) == 1750);
    CHECK(book.dearestPermille({"east", "azure"}, "who-knows", {}) == 2500);
    CHECK(book.dearestPermille({"g", "google"}, "gemini-3-flash-preview", {}) == 1000);
    CHECK(book.dearestPermille({"g", "google"}, "gemini-3-flash-preview", {"priority"}) == 2000);
    const Seller anthropic{"claude", "anthropic"};
    CHECK(book.dearestPermille(anthropic, "claude-opus-4-6", {"auto"}) == 1100);
    CHECK(book.dearestPermille(anthropic, "claude-opus-4-6", {"default", true}) == 6600);
  }

  TEST_CASE("quote timings" * doctest::skip()) {
    const Overrides some =
        overridesOf({{"openai", "gpt-4.1*", "i7 o7"}, {"openai", "o3", "i9 o9"}});
    const PriceBook book(catalogue(), some);
    const auto time = [](const char* what, auto&& work) {
      constexpr int kRounds = 200'000;
      const std::clock_t start = std::clock();
      for (int i = 0; i < kRounds; ++i) work(i);
      std::printf("%s: %.3f us\n", what,
                  1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / kRounds);
    };
    for (const char* model :
         {"gpt-4o-mini", "gpt-4o-mini-2024-07-18", "o3", "gpt-5.6-sol", "no-such"}) {
      time(model, [&](int i) { (void)book.quote(kOpenAi, model, kNow + i, kCeiling); });
    }
    time("dearest multiplier", [&](int) { (void)book.dearestPermille(kOpenAi, "gpt-5", {""}); });
    time("multiplier", [&](int) { (void)book.multiplier(kOpenAi, "gpt-5", "priority"); });
  }
}
