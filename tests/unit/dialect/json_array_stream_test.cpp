#include "dialect/json_array_stream.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock::dialect;

namespace {

std::string split(std::string_view text, size_t step) {
  JsonArrayStream stream;
  std::string out;
  for (size_t at = 0; at < text.size(); at += step)
    if (!stream.feed(text.substr(at, step),
                     [&out](std::string_view element) { out.append(element).append("|"); }))
      return out + "invalid";
  return out + (stream.closed() ? "closed" : "open");
}

}  // namespace

TEST_SUITE("dialect/json_array_stream") {
  TEST_CASE("objects are told apart however the array is cut") {
    const std::string text = "[{\"a\":\"}\\\"]{\"}\n,\r\n{\"b\":[{},[1]]}\n,{}]\r\n";
    for (size_t step = 1; step <= text.size(); ++step)
      CHECK(split(text, step) == "{\"a\":\"}\\\"]{\"}|{\"b\":[{},[1]]}|{}|closed");
  }

  TEST_CASE("an array that is cut is not closed") {
    CHECK(split("[{\"a\":1},{\"b\"", 3) == "{\"a\":1}|open");
    CHECK(split("[{\"a\":1}", 100) == "{\"a\":1}|open");
    CHECK(split("[]", 1) == "closed");
  }

  TEST_CASE("what is no array of objects is refused") {
    CHECK(split("{\"a\":1}", 100) == "invalid");
    CHECK(split("[1]", 100) == "invalid");
    CHECK(split("[{}]{", 100) == "{}|invalid");
  }
}
