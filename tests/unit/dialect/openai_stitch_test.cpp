#include "dialect/openai_stitch.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "dialect/openai_replay.h"
#include "dialect/openai_stream.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

constexpr size_t kPlenty = 1 << 20;

std::string chunk(const std::string& choices, const std::string& more = "") {
  return R"({"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[)" +
         choices + "]" + more + "}";
}
std::string delta(const std::string& members, const std::string& finish = "null", int index = 0) {
  return R"({"index":)" + std::to_string(index) + R"(,"delta":{)" + members +
         R"(},"finish_reason":)" + finish + "}";
}
const std::string kStop = chunk(delta("", R"("stop")"));

std::string stitched(const std::vector<std::string>& chunks, size_t bound = kPlenty) {
  OpenAiStitch stitch(bound);
  for (const std::string& text : chunks) {
    json::ObjectIndex index;
    REQUIRE_MESSAGE(json::scanObject(text, index), text);
    stitch.add(index);
  }
  return stitch.finish();
}

std::string whole(const std::string& message, const std::string& finish = R"("stop")",
                  const std::string& logprobs = "null", const std::string& more = "") {
  return R"({"id":"c1","object":"chat.completion","created":7,"model":"m",)"
         R"("choices":[{"index":0,"message":{"role":"assistant",)" +
         message + R"(},"logprobs":)" + logprobs + R"(,"finish_reason":)" + finish + "}]" + more +
         "}";
}

}  // namespace

TEST_SUITE("dialect/openai_stitch") {
  TEST_CASE("texts are joined to the byte, escapes and all, with the usage at the end") {
    CHECK(stitched({chunk(delta(R"("role":"assistant","content":"")")),
                    chunk(delta(R"("content":"h\u00e9\n")")),
                    chunk(delta(R"("content":" \"ü\ud83d\ude00")")), kStop,
                    chunk("", R"(,"usage":{"prompt_tokens":3,"total_tokens":5})")}) ==
          whole(R"("content":"h\u00e9\n \"ü\ud83d\ude00","refusal":null)", R"("stop")", "null",
                R"(,"usage":{"prompt_tokens":3,"total_tokens":5})"));
  }

  TEST_CASE("reasoning, refusals, log probabilities and annotations are kept") {
    const std::string first =
        R"({"index":0,"delta":{"reasoning_content":"a","refusal":"n"},"logprobs":{"content":[{"t":1}]}})";
    const std::string second =
        R"({"index":0,"delta":{"reasoning_content":"b","refusal":"o","annotations":[{"u":1}]},)"
        R"("logprobs":{"content":[],"refusal":[{"t":2}]}})";
    CHECK(stitched({chunk(first), chunk(second), kStop}) ==
          whole(R"("content":"","refusal":"no","reasoning_content":"ab","annotations":[{"u":1}])",
                R"("stop")", R"({"content":[{"t":1}],"refusal":[{"t":2}]})"));
  }

  TEST_CASE("tool calls are put together from their pieces") {
    CHECK(
        stitched(
            {chunk(delta(
                 R"("role":"assistant","content":null,"tool_calls":[{"index":0,"id":"t0","type":"function",)"
                 R"("function":{"name":"f","arguments":""}}])")),
             chunk(delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}])")),
             chunk(delta(R"("tool_calls":[{"index":1,"id":"t1","type":"function",)"
                         R"("function":{"name":"g","arguments":"{}"}}])")),
             chunk(delta(R"("tool_calls":[{"index":0,"function":{"arguments":":1}"}}])")),
             chunk(delta("", R"("tool_calls")"))}) ==
        whole(R"("content":null,"refusal":null,"tool_calls":[)"
              R"({"id":"t0","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},)"
              R"({"id":"t1","type":"function","function":{"name":"g","arguments":"{}"}}])",
              R"("tool_calls")"));
  }

  TEST_CASE("choices come in the order of their indexes") {
    const std::string text =
        stitched({chunk(delta(R"("content":"b")", "null", 1)), chunk(delta(R"("content":"a")")),
                  chunk(delta("", R"("length")", 1)), kStop});
    CHECK(text.find(R"("index":0,"message":{"role":"assistant","content":"a")") <
          text.find(R"("index":1,"message":{"role":"assistant","content":"b")"));
    CHECK(text.find(R"("finish_reason":"length")") != std::string::npos);
  }

  TEST_CASE("what is not finished, not understood or too large makes no answer") {
    const std::string text = chunk(delta(R"("content":"x")"));
    CHECK(stitched({text}).empty());
    CHECK(stitched({}).empty());
    CHECK(stitched({text, chunk(delta("", "null", 1)), kStop}).empty());
    CHECK_FALSE(stitched({text, kStop}).empty());
    for (const char* unknown : {R"("audio":{"data":"AA"})", R"("images":[1])", R"("x":1)",
                                R"("function_call":{"name":"f"})", R"("tool_calls":[1])"}) {
      CHECK_MESSAGE(stitched({text, chunk(delta(unknown)), kStop}).empty(), unknown);
    }
    CHECK_FALSE(
        stitched({text, chunk(delta(R"("audio":null,"images":[],"x":"")")), kStop}).empty());
    std::vector<std::string> many(100, text);
    many.push_back(kStop);
    CHECK(stitched(many, 100).empty());
    CHECK_FALSE(stitched(many, 1000).empty());
  }

  TEST_CASE("a whole answer that is replayed and stitched is what it was") {
    const std::string answer =
        whole(R"("content":"hi","refusal":null,"tool_calls":[{"id":"t","type":"function",)"
              R"("function":{"name":"f","arguments":"{}"}}])",
              R"("tool_calls")", "null", R"(,"usage":{"prompt_tokens":1})");
    OpenAiStitch stitch(kPlenty);
    StreamRelay relay({.usage = StreamRelay::UsageFor::Accounting});
    relay.stitchInto(stitch);
    std::string out;
    CHECK(relay.feed(renderOpenAiReplay({answer, UsageChunk::Send, {}}), out) == StreamPhase::Done);
    CHECK(stitch.finish() == answer);
    CHECK(out.find("usage") == std::string::npos);  // not asked for, but kept
  }
}
