#include "executor/line.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::executor;
using model::ObjectSurface;

namespace {

std::string codeOf(const std::string& line, ObjectSurface surface = ObjectSurface::OpenAi) {
  const auto read = readLine(surface, "/v1/embeddings", line);
  return read ? "ok" : read.error().code + "@" + read.error().param;
}

// The lines that are made, or the param of the error.
std::string linesOf(const std::string& body, size_t max_line = 1'000) {
  std::string lines;
  const auto count = messageLines(body, max_line, [&](std::string_view piece) -> Status {
    lines += piece;
    return Unit{};
  });
  return count ? std::to_string(*count) + "\n" + lines : count.error().param;
}

}  // namespace

TEST_SUITE("executor/line") {
  TEST_CASE("a line of OpenAI's has an id, the batch's own path and a body") {
    const std::string good =
        R"({"custom_id":"a\n","method":"POST","url":"/v1/embeddings","body":{"model":"m"}})";
    const auto line = readLine(ObjectSurface::OpenAi, "/v1/embeddings", good);
    REQUIRE(line);
    CHECK(line->custom_id == "a\n");
    CHECK(line->body == R"({"model":"m"})");
    CHECK(codeOf("{") == "invalid_json_line@");
    CHECK(codeOf("[]") == "invalid_json_line@");
    CHECK(codeOf("{}") == "missing_required_parameter@custom_id");
    CHECK(codeOf(R"({"custom_id":""})") == "invalid_custom_id@custom_id");
    CHECK(codeOf(R"({"custom_id":1})") == "invalid_custom_id@custom_id");
    CHECK(codeOf(R"({"custom_id":")" + std::string(513, 'x') + R"("})") ==
          "invalid_custom_id@custom_id");
    CHECK(codeOf(R"({"custom_id":"a"})") == "missing_required_parameter@method");
    CHECK(codeOf(R"({"custom_id":"a","method":"GET"})") == "invalid_method@method");
    CHECK(codeOf(R"({"custom_id":"a","method":"POST","url":"/v1/x"})") == "invalid_url@url");
    CHECK(codeOf(R"({"custom_id":"a","method":"POST","url":"/v1/embeddings"})") ==
          "missing_required_parameter@body");
    CHECK(codeOf(R"({"custom_id":"a","method":"POST","url":"/v1/embeddings","body":[]})") ==
          "invalid_body@body");
    CHECK(codeOf(R"({"custom_id":"a","params":{}})", ObjectSurface::Anthropic) == "ok");
  }

  TEST_CASE("ids are known again") {
    CustomIds ids;
    CHECK(ids.empty());
    CHECK(ids.add("a"));
    CHECK_FALSE(ids.add("a"));
    CHECK(ids.contains("a"));
    CHECK_FALSE(ids.contains("b"));
  }

  TEST_CASE("Anthropic's requests become lines") {
    CHECK(linesOf("{\"requests\":[{\"custom_id\":\"a\",\n\"params\":{ }} , "
                  "{\"custom_id\":\"b-_\",\"params\":{\"x\":\"\\n\"}}],\"y\":1}") ==
          "2\n{\"custom_id\":\"a\", \"params\":{ }}\n"
          "{\"custom_id\":\"b-_\",\"params\":{\"x\":\"\\n\"}}\n");
    CHECK(linesOf("{}") == "requests");
    CHECK(linesOf(R"({"requests":[]})") == "requests");
    CHECK(linesOf(R"({"requests":[1]})") == "requests/0");
    CHECK(linesOf(R"({"requests":[{"custom_id":"a","params":{}},{"custom_id":"a!"}]})") ==
          "requests/1/custom_id");
    CHECK(
        linesOf(R"({"requests":[{"custom_id":"a","params":{}},{"custom_id":"a","params":{}}]})") ==
        "requests/1/custom_id");
    CHECK(linesOf(R"({"requests":[{"custom_id":"a","params":[]}]})") == "requests/0/params");
    CHECK(linesOf(R"({"requests":[{"custom_id":"a","params":{}}]})", 10) == "requests/0");
  }

  TEST_CASE("what the sink does not take ends it") {
    const auto count =
        messageLines(R"({"requests":[{"custom_id":"a","params":{}}]})", 100,
                     [](std::string_view) -> Status { return internalError("full"); });
    REQUIRE_FALSE(count);
    CHECK(count.error().detail == "full");
  }
}
