#include "dialect/form_fields.h"

#include <doctest/doctest.h>

#include "json/document.h"
#include "unit/dialect/media_samples.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::test;

namespace {

std::string fieldsIn(const std::string& parts) {
  const std::string body = form(parts);
  const auto parsed = http::parseForm(kFormType, body);
  REQUIRE(parsed);
  const std::string fields = fieldsOf(*parsed);
  CHECK_MESSAGE(json::parse(fields), fields);
  return fields;
}

}  // namespace

TEST_SUITE("dialect/form_fields") {
  TEST_CASE("fields are the JSON that they would be") {
    CHECK(fieldsIn(field("model", "@stt") + field("temperature", "0.2") + field("stream", "true") +
                   field("n", "2") + field("prompt", "say \"42\"")) ==
          R"({"model":"@stt","temperature":0.2,"stream":true,"n":2,"prompt":"say \"42\""})");
    CHECK(fieldsIn("") == "{}");
  }

  TEST_CASE("what is no number or flag stays a text, for the reader to refuse") {
    CHECK(fieldsIn(field("n", "two") + field("stream", "yes") + field("temperature", "")) ==
          R"({"n":"two","stream":"yes","temperature":""})");
    CHECK(fieldsIn(field("n", R"("2")")) == R"({"n":"\"2\""})");
  }

  TEST_CASE("files are named, not kept") {
    CHECK(fieldsIn(file("file", "12345")) ==
          R"({"file":{"filename":"a.wav","content_type":"audio/wav","bytes":5}})");
    CHECK(fieldsIn(file("image[]", "1") + file("image[]", "22")) ==
          R"({"image":[{"filename":"a.wav","content_type":"audio/wav","bytes":1},)"
          R"({"filename":"a.wav","content_type":"audio/wav","bytes":2}]})");
  }

  TEST_CASE("a field that comes twice is a list, so that no reader takes one of the two") {
    CHECK(fieldsIn(field("model", "a") + field("model", "b")) == R"({"model":["a","b"]})");
    CHECK(fieldsIn(field("include[]", "logprobs")) == R"({"include":["logprobs"]})");
  }

  TEST_CASE("our extensions come as JSON or as the SDKs write objects") {
    CHECK(fieldsIn(field("mlx:tags", R"({"team":"ml"})")) == R"({"mlx:tags":{"team":"ml"}})");
    CHECK(fieldsIn(field("mlx:tags[team]", "ml") + field("mlx:tags[app]", "x")) ==
          R"({"mlx:tags":{"team":"ml","app":"x"}})");
    CHECK(fieldsIn(field("mlx:cache[skip]", "true") + field("mlx:trace", "true")) ==
          R"({"mlx:cache":{"skip":true},"mlx:trace":true})");
    CHECK(fieldsIn(field("mlx:tags", "{broken")) == R"({"mlx:tags":"{broken"})");
  }

  TEST_CASE("names that only look like members are names") {
    CHECK(fieldsIn(field("[a]", "1") + field("b[", "2") + field("c]", "3")) ==
          R"({"[a]":"1","b[":"2","c]":"3"})");
  }
}
