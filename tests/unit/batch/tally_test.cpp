#include "batch/tally.h"

#include <doctest/doctest.h>

#include <vector>

using namespace penstock;
using namespace penstock::batch;

namespace {

const std::string kOpenAi =
    R"({"custom_id":"a","response":{"status_code":200,"body":{"model":"m-1","usage":)"
    R"({"prompt_tokens":7,"completion_tokens":3}}},"error":null})"
    "\n"
    R"({"custom_id":"b","response":{"status_code":400,"body":{"error":{"message":"no"}}}})"
    "\n"
    R"({"custom_id":"c","response":null,"error":{"code":"batch_expired"}})"
    "\n\nno json\n"
    R"({"custom_id":"d","response":{"status_code":200,"body":{"model":"m-2","usage":)"
    R"({"input_tokens":5,"output_tokens":1}}}})";

struct Heard {
  std::vector<AnsweredLine> lines;
  Tally::Take take() {
    return [this](const AnsweredLine& line) { lines.push_back(line); };
  }
};

}  // namespace

TEST_SUITE("batch/tally") {
  TEST_CASE("what was answered is told, what failed is not, in pieces of any size") {
    for (size_t piece = 1; piece < kOpenAi.size(); ++piece) {
      Heard heard;
      Tally tally(model::ObjectSurface::OpenAi, heard.take());
      for (size_t at = 0; at < kOpenAi.size(); at += piece)
        REQUIRE(tally.feed(std::string_view(kOpenAi).substr(at, piece)));
      tally.finish();
      REQUIRE(heard.lines.size() == 2);
      CHECK(heard.lines[0].model == "m-1");
      CHECK(heard.lines[0].usage.input() == 7);
      CHECK(heard.lines[0].usage.output() == 3);
      CHECK(heard.lines[1].model == "m-2");
      CHECK(heard.lines[1].usage.input() == 5);
    }
  }

  TEST_CASE("Anthropic's results count where they succeeded") {
    Heard heard;
    Tally tally(model::ObjectSurface::Anthropic, heard.take());
    REQUIRE(tally.feed(
        R"({"custom_id":"a","result":{"type":"succeeded","message":{"model":"claude-x","usage":)"
        R"({"input_tokens":4,"cache_read_input_tokens":6,"output_tokens":2}}}})"
        "\n"
        R"({"custom_id":"b","result":{"type":"errored","error":{"type":"error"}}})"
        "\n"
        R"({"custom_id":"c","result":{"type":"expired"}})"));
    tally.finish();
    REQUIRE(heard.lines.size() == 1);
    CHECK(heard.lines[0].usage.input() == 10);
    CHECK(heard.lines[0].usage.input_cache_read == 6);
    CHECK(heard.lines[0].usage.output() == 2);
  }
}
