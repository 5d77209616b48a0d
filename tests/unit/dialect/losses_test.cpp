#include "dialect/losses.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/losses") {
  TEST_CASE("fields are named in the caller's words") {
    CHECK(fieldName(Field::Stop, Dialect::OpenAi) == "stop");
    CHECK(fieldName(Field::Stop, Dialect::Anthropic) == "stop_sequences");
    CHECK(fieldName(Field::Messages, Dialect::Anthropic) == "messages");
  }

  TEST_CASE("a field is reported once, at its worst") {
    Losses losses(Dialect::OpenAi);
    losses.hint(Field::ToolChoice, "a");
    losses.drop(Field::ToolChoice, "b");
    losses.change(Field::ToolChoice, "c");
    REQUIRE(losses.all().size() == 1);
    CHECK(losses.all()[0].kind == LossKind::Dropped);
    CHECK(losses.all()[0].reason == "b");
  }

  TEST_CASE("the header names what was left out, and nothing that was only said otherwise") {
    Losses losses(Dialect::Anthropic);
    losses.change(Field::Temperature, "is at most 1");
    losses.hint(Field::CacheMarks, "is not known");
    losses.drop(Field::TopK, "is not known");
    CHECK(losses.header() == "messages.content.cache_control, top_k");
    CHECK(!losses.error());
  }

  TEST_CASE("members that say nothing are no loss, and names cannot shape the header") {
    Losses losses(Dialect::OpenAi);
    losses.dropExtras({{"store", "false"}, {"a", "null"}, {"b", "[]"}, {"c", "{}"}, {"d", "0"}});
    CHECK(losses.all().empty());
    losses.dropExtras({{"metadata", "{\"a\":1}"}});
    CHECK(losses.all()[0].kind == LossKind::Hint);
    Losses shaped(Dialect::OpenAi);
    shaped.dropExtras({{"x\r\nSet-Cookie: a,b", "1"}}, "messages.");
    CHECK(shaped.header() == "messages.x__Set-Cookie:_a_b");
    for (int i = 0; i < 5000; ++i) shaped.dropExtras({{"f" + std::to_string(i), "1"}});
    CHECK(shaped.header().size() <= 1024);
    CHECK(shaped.all().size() <= 256);
  }

  TEST_CASE("places are told in the caller's words, and a default is no loss") {
    const auto told = [](Dialect caller, std::string_view place) {
      Losses losses(caller);
      losses.dropExtras({{"x", "1"}, {"truncation", R"("disabled")"}}, place);
      return losses.header();
    };
    CHECK(told(Dialect::OpenAi, "messages.content.") == "messages.content.x");
    CHECK(told(Dialect::Anthropic, "messages.content.") == "messages.content.x");
    CHECK(told(Dialect::Gemini, "messages.content.") == "contents.parts.x");
    CHECK(told(Dialect::Gemini, "messages.") == "contents.x");
    CHECK(told(Dialect::Responses, "messages.content.") == "input.content.x");
    CHECK(told(Dialect::Responses, "tools.") == "tools.x");
    CHECK(told(Dialect::Responses, "") == "x");
    Losses losses(Dialect::Responses);
    losses.dropExtras({{"truncation", R"("auto")"}});
    CHECK(losses.header() == "truncation");
  }

  TEST_CASE("a prompt that is elsewhere in part is refused, labels are a hint") {
    Losses losses(Dialect::Gemini);
    losses.dropExtras({{"labels", R"({"team":"ml"})"}});
    CHECK(!losses.error());
    losses.dropExtras({{"cachedContent", R"("cachedContents/1")"}});
    REQUIRE(losses.error());
    CHECK(losses.error()->param == "cachedContent");
  }

  TEST_CASE("refusals are final, drops are where the policy says so, hints never") {
    Losses lenient(Dialect::OpenAi);
    lenient.drop(Field::Seed, "has no equivalent");
    CHECK(!lenient.error());
    lenient.refuse(Field::Audio, "is sound");
    REQUIRE(lenient.error());
    CHECK(lenient.error()->param == "messages.content.input_audio");
    Losses strict(Dialect::OpenAi, OnLoss::Refuse);
    strict.hint(Field::CacheMarks, "is not known");
    CHECK(!strict.error());
    strict.drop(Field::Seed, "has no equivalent");
    REQUIRE(strict.error());
    CHECK(strict.error()->message ==
          "'seed' cannot be translated for the model's provider: it has no equivalent.");
  }
}
