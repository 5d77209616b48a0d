#include "dialect/gemini_target.h"

#include <doctest/doctest.h>

using namespace penstock::dialect;

TEST_SUITE("dialect/gemini_target") {
  TEST_CASE("families differ in what they can be asked") {
    using Style = GeminiTarget::Thinking;
    const GeminiTarget old = geminiTargetOf("gemini-2.0-flash");
    CHECK(old.thinking == Style::None);
    CHECK_FALSE(old.json_schema);
    const GeminiTarget flash = geminiTargetOf("models/gemini-2.5-flash-lite");
    CHECK(flash.thinking == Style::Budget);
    CHECK(flash.can_stop_thinking);
    CHECK(flash.least_budget == 512);
    CHECK(flash.json_schema);
    CHECK_FALSE(flash.signed_calls);
    const GeminiTarget pro = geminiTargetOf("google/gemini-2.5-pro");
    CHECK_FALSE(pro.can_stop_thinking);
    CHECK(pro.most_budget == 32'768);
    const GeminiTarget three = geminiTargetOf("gemini-3-pro-preview");
    CHECK(three.thinking == Style::Level);
    CHECK(three.least_level == Effort::Low);
    CHECK_FALSE(three.medium_level);
    CHECK(three.signed_calls);
    CHECK(geminiTargetOf("gemini-3.1-pro").medium_level);
    CHECK(geminiTargetOf("gemini-flash-latest").thinking == Style::Level);
    CHECK(geminiTargetOf("gemini-1.5-pro").thinking == Style::None);
  }
}
