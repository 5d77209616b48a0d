#include "dialect/openai_input.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <string>

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string chatOf(const std::string& content) {
  return R"({"model":"m","messages":[{"role":"user","content":)" + content + "}]}";
}

InputBound boundOf(const std::string& text) {
  const auto request = parseOpenAiChat(text);
  REQUIRE(request);
  return inputBound(*request);
}

int64_t extraOf(const std::string& content) {
  const std::string text = chatOf(content);
  return boundOf(text).tokens - static_cast<int64_t>(text.size()) - 1024;
}

}  // namespace

TEST_SUITE("dialect/openai_input") {
  TEST_CASE("text is bounded by its bytes") {
    CHECK(extraOf(R"("hello")") == 0);
    CHECK(extraOf(R"([{"type":"text","text":"an image, \"audio\" and a file"}])") == 0);
    CHECK(extraOf(R"([{"text":"x"},{"type":"refusal","refusal":"no"}])") == 0);
    const InputBound bound = boundOf(chatOf(R"("hello")"));
    CHECK_FALSE(bound.images);
    CHECK_FALSE(bound.audio);
  }

  TEST_CASE("attachments add what the dearest model takes, however they are written") {
    CHECK(extraOf(R"([{"type":"image_url","image_url":{"url":"https://x.example/a.png"}}])") ==
          50'000);
    const std::string data(1000, 'A');
    for (const std::string& url :
         {"data:image/png;base64," + data, "data:image\\/png;base64," + data}) {
      const auto size = static_cast<int64_t>(url.size()) + 2;
      CHECK(extraOf(R"([{"type":"image_url","image_url":{"url":")" + url + "\"}}]") ==
            50'000 - size);
      CHECK(extraOf(R"([{"type":"image_url","image_url":")" + url + "\"}]") == 50'000 - size);
    }
    CHECK(extraOf(R"([{"image_url":{"url":"data:text/plain,)" + data + "\"}}]") == 50'000);
    CHECK(extraOf(R"([{"type":"im\u0061ge_url","im\u0061ge_url":{"url":"https://x"}}])") == 50'000);
    CHECK(extraOf(R"([{"type":"text","text":"x","image_url":{"url":"y"}}])") == 50'000);
    CHECK(extraOf(R"([{"type":"image","source":{}},{"type":"input_image"}])") == 100'000);
    CHECK(extraOf(R"([{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}])") == 0);
    CHECK(extraOf(R"([{"type":"file","file":{"file_id":"f"}}])") == 1'000'000);
    CHECK(extraOf(R"([{"type":"document","text":"x"}])") == 1'000'000);
    CHECK(extraOf(R"([{"type":"hologram"}])") == 1'000'000);
    CHECK(boundOf(R"({"model":"m","messages":[{"role":"assistant","audio":{"id":"a"}}]})").tokens >
          1'000'000);
    CHECK(boundOf(chatOf(R"([{"type":"image","source":{}}])")).images);
    CHECK(boundOf(chatOf(R"([{"type":"input_audio","input_audio":{}}])")).audio);
    CHECK(boundOf(chatOf(R"([{"type":"file"}])")).audio);
  }

  TEST_CASE("an hour's cache is found, also where an escape hides it") {
    const auto with = [](const std::string& ttl) {
      const std::string body = chatOf(
          R"([{"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":)" + ttl + "}}]");
      const auto request = parseOpenAiChat(body);
      REQUIRE(request);
      return mayCacheLong(*request);
    };
    CHECK(with(R"("1h")"));
    CHECK(with(R"("\u0031h")"));
    CHECK(with(R"("1\u0068")"));
    CHECK_FALSE(with(R"("5m")"));
  }

  TEST_CASE("the estimate stays within the bound") {
    for (const char* content :
         {R"("hello")", R"("12;34")", R"([{"type":"image_url","image_url":{"url":"https://x"}}])",
          R"([{"type":"text","text":"x"},"y"])"}) {
      const auto text = chatOf(content);
      const auto request = parseOpenAiChat(text);
      REQUIRE(request);
      CHECK(estimateInput(*request) <= inputBound(*request).tokens);
      CHECK(estimateInput(*request) > 4);
    }
  }

  TEST_CASE("input bound timings" * doctest::skip()) {
    for (const size_t kilobytes : {2U, 200U}) {
      std::string messages;
      while (messages.size() < kilobytes * 1000) {
        if (!messages.empty()) messages += ',';
        messages += R"({"role":"user","content":[{"type":"text","text":")" + std::string(900, 'x') +
                    "\"}]}";
      }
      const std::string text = R"({"model":"m","messages":[)" + messages + "]}";
      const auto request = parseOpenAiChat(text);
      REQUIRE(request);
      constexpr int kRounds = 200;
      const auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < kRounds; ++i) (void)inputBound(*request);
      const std::chrono::duration<double, std::micro> taken =
          std::chrono::steady_clock::now() - start;
      std::printf("bound of %zu KB: %.1f us\n", kilobytes, taken.count() / kRounds);
    }
  }
}
