#include "dialect/gemini_chunks.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock::dialect;

namespace {

using Chunks = std::vector<std::string>;

Chunks chunksOf(std::string_view bytes, size_t step) {
  GeminiChunks chunks;
  Chunks all;
  const auto each = [&all](std::string_view chunk) { all.emplace_back(chunk); };
  for (size_t at = 0; at < bytes.size(); at += step)
    CHECK(chunks.feed(bytes.substr(at, step), each));
  chunks.finish(each);
  return all;
}

}  // namespace

TEST_SUITE("dialect/gemini_chunks") {
  TEST_CASE(
      "events and arrays have the same chunks however they are cut, blanks before them or not") {
    for (const std::string blanks : {"", " ", "\r\n", "          ", "\n\n  \t"}) {
      for (const std::string form :
           {"data: {\"a\":1}\n\ndata: {\"b\":\"]\"}\n\n", "[{\"a\":1},\r\n{\"b\":\"]\"}]"}) {
        for (const size_t step : {1, 2, 7, 1000}) {
          INFO(blanks << form << step);
          CHECK(chunksOf(blanks + form, step) == Chunks{R"({"a":1})", R"({"b":"]"})"});
        }
      }
    }
  }
}
