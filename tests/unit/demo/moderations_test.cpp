#include "demo/moderations.h"

#include "unit/demo/media_server.h"

using namespace penstock;
using namespace penstock::demo;

namespace {

const std::string kPath = "/v1/moderations";

std::string ask(const std::string& input) {
  return R"({"model":"demo-moderation","input":)" + input + "}";
}

}  // namespace

TEST_SUITE("demo/moderations") {
  TEST_CASE("violent words are flagged, one result a text") {
    MediaServer server;
    const auto answer = server.postJson(kPath, ask(R"(["good day","I will Attack you"])"));
    const auto results = *answer.root().find("results");
    REQUIRE(results.size() == 2);
    CHECK(results.at(0).find("flagged")->asBool() == false);
    CHECK(results.at(1).find("flagged")->asBool() == true);
    CHECK(results.at(1).find("categories")->find("violence")->asBool() == true);
    CHECK(results.at(1).find("category_scores")->find("violence")->text() == "0.97");
    CHECK(results.at(1).find("categories")->size() == 13);
  }

  TEST_CASE("parts are one text") {
    MediaServer server;
    const auto answer = server.postJson(
        kPath, ask(R"([{"type":"text","text":"stab"},{"type":"image_url","image_url":{}}])"));
    CHECK(answer.root().find("results")->size() == 1);
    CHECK(answer.root().find("results")->at(0).find("flagged")->asBool() == true);
  }

  TEST_CASE("what is wrong is named") {
    MediaServer server;
    CHECK(server.refusal(kPath, R"({"model":"demo-moderation"})") == "400 input missing_field");
    CHECK(server.refusal(kPath, ask("[]")) == "400 input invalid_value");
    CHECK(server.refusal(kPath, ask("5")) == "400 input invalid_type");
  }
}
