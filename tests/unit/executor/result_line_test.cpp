#include "executor/result_line.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::executor;
using model::ObjectSurface;

namespace {

const Answered kGood{"batch_01X", 3, "a\"", 200, "req", "{\"x\":\n1}"};
const Answered kBad{"batch_01X", 4, "b", 402, "req", "{\"error\":1}"};

}  // namespace

TEST_SUITE("executor/result_line") {
  TEST_CASE("OpenAI's lines have the status and the body, on one line") {
    CHECK(renderAnswered(ObjectSurface::OpenAi, kGood) ==
          R"({"id":"batch_req_01X_3","custom_id":"a\"","response":{"status_code":200,)"
          R"("request_id":"req","body":{"x": 1}},"error":null})"
          "\n");
    CHECK(renderNotMade(ObjectSurface::OpenAi, kGood,
                        {LineEnd::Expired, "batch_expired", "Too late."}) ==
          R"({"id":"batch_req_01X_3","custom_id":"a\"","response":null,)"
          R"("error":{"code":"batch_expired","message":"Too late."}})"
          "\n");
  }

  TEST_CASE("Anthropic's lines have a result of its type") {
    CHECK(renderAnswered(ObjectSurface::Anthropic, kGood) ==
          R"({"custom_id":"a\"","result":{"type":"succeeded","message":{"x": 1}}})"
          "\n");
    CHECK(renderAnswered(ObjectSurface::Anthropic, kBad) ==
          R"({"custom_id":"b","result":{"type":"errored","error":{"error":1}}})"
          "\n");
    CHECK(renderNotMade(ObjectSurface::Anthropic, kBad, {LineEnd::Canceled}) ==
          R"({"custom_id":"b","result":{"type":"canceled"}})"
          "\n");
    CHECK(renderNotMade(ObjectSurface::Anthropic, kBad, {LineEnd::Errored, "x", "Gone."}) ==
          R"({"custom_id":"b","result":{"type":"errored","error":{"type":"error",)"
          R"("error":{"type":"authentication_error","message":"Gone."}}}})"
          "\n");
  }

  TEST_CASE("bodies that are no JSON, or too deep to be read again, are told as text") {
    Answered odd = kGood;
    odd.body = "<html>";
    CHECK(renderAnswered(ObjectSurface::OpenAi, odd).find(R"("body":"<html>")") !=
          std::string::npos);
    const std::string deep = std::string(64, '[') + "1" + std::string(64, ']');
    odd.body = deep;
    for (const ObjectSurface surface : {ObjectSurface::OpenAi, ObjectSurface::Anthropic}) {
      const auto head = readResult(surface, renderAnswered(surface, odd));
      REQUIRE(head);
      CHECK(head->custom_id == "a\"");
    }
  }

  TEST_CASE("lines are read again; what is not whole is none") {
    for (const ObjectSurface surface : {ObjectSurface::OpenAi, ObjectSurface::Anthropic}) {
      const std::string line = renderAnswered(surface, kBad);
      const auto head = readResult(surface, line);
      REQUIRE(head);
      CHECK(head->custom_id == "b");
      for (size_t size = 0; size + 1 < line.size(); ++size)
        CHECK_FALSE(readResult(surface, std::string_view(line).substr(0, size)));
    }
    const auto canceled =
        readResult(ObjectSurface::Anthropic,
                   renderNotMade(ObjectSurface::Anthropic, kBad, {LineEnd::Canceled}));
    REQUIRE(canceled);
    CHECK(canceled->end == LineEnd::Canceled);
  }
}
