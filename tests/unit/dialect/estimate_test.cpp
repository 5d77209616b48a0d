#include "dialect/estimate.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace penstock::dialect;

TEST_SUITE("dialect/estimate") {
  TEST_CASE(
      "letters count a third where words may be made of them, digits and signs one, other bytes "
      "two thirds, rounded up") {
    CHECK(estimateTokens("") == 0);
    CHECK(estimateTokens("a") == 1);
    CHECK(estimateTokens("abc def gh") == 4);
    CHECK(estimateTokens("12;.") == 4);
    CHECK(estimateTokens("aBaB1a") == 5);  // 1 + 3 + 2 + 3 + 3 + 3 thirds
    CHECK(estimateTokens("ABC") == 2);
    CHECK(estimateTokens("\xE4\xBD\xA0\xE5\xA5\xBD") == 4);
    TextSize size;
    for (int i = 0; i < 9; ++i) size.add("a");
    CHECK(size.tokens() == 3);
    CHECK(size.size() == 9);
  }

  TEST_CASE("ordinary text is not estimated below its true count, nor above its bytes") {
    struct Sample {
      std::string_view text;
      int64_t tokens;  // the larger of o200k_base's and cl100k_base's
    };
    // Counted with npm's gpt-tokenizer 3.
    for (const Sample& sample :
         {Sample{"The quick brown fox jumps over the lazy dog.", 10},
          Sample{"Die Gesundheitsversorgung der Bundesrepublik ist gesetzlich geregelt und wird "
                 "überwiegend durch Krankenversicherungsbeiträge finanziert.",
                 37},
          Sample{"Chúng tôi xin thông báo rằng buổi họp sẽ được tổ chức vào ngày mai.", 33},
          Sample{"Федеральное правительство утвердило новую программу развития здравоохранения.",
                 31},
          Sample{"الحكومة أعلنت اليوم عن خطة جديدة لتطوير وسائل النقل العام.", 42},
          Sample{"सरकार ने आज देश भर के बड़े शहरों में नई योजना की घोषणा की।", 62},
          Sample{"政府今天宣布了一项新的计划，旨在发展全国各大城市的公共交通系统。", 36},
          Sample{"政府は本日、全国の大都市における公共交通機関の発展に向けた新しい計画を発表した。",
                 44},
          Sample{"정부는 오늘 전국 대도시의 대중교통 발전을 위한 새로운 계획을 발표했다.", 42},
          Sample{"for (const auto& [id, provider] : providers_) count += provider.models.size();",
                 19},
          Sample{"{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}],"
                 "\"usage\":{\"prompt_tokens\":12}}",
                 27},
          Sample{"SELECT id, name FROM project WHERE organization_id = ? ORDER BY created_at DESC "
                 "LIMIT 50;",
                 20},
          Sample{"aILyQUQFnZhjwW26yEimidexdtn/"
                 "oTEgS58dpnNuKWFsGts4RKSvuIYcoshRBPmcXQT3JJcggkYTlgMtN2em1g==Umd2iCLuYk1I/"
                 "OFexcp5y9YCy39MIVelFlVpkfIu+Me173sY0f9BxZNw77CFhlHUSpNsEbexRMSP4E3zxqPo2g==",
                 118},
          Sample{"3f0c9a52-7b1e-4d6a-9c83-5e2f7a0b1d94", 33},
          Sample{"On 2026-11-22 the total was $1,234,567.89 (up 3.2 % from 1,196,286.71).", 36}}) {
      INFO(std::string(sample.text));
      CHECK(estimateTokens(sample.text) >= sample.tokens);
      CHECK(estimateTokens(sample.text) <= static_cast<int64_t>(sample.text.size()));
      CHECK(estimateTokens(sample.text) <= 4 * sample.tokens);
    }
  }
}
