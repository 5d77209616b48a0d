#include "dialect/openai_replay.h"

#include <doctest/doctest.h>

#include <string>

#include "dialect/openai_stream.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string event(const std::string& data) { return "data: " + data + "\n\n"; }

const std::string kHead = R"({"id":"c1","object":"chat.completion.chunk","created":7,"model":"m")";
const std::string kBody =
    R"({"id":"c1","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"Hi","refusal":null},"logprobs":null,)"
    R"("finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1}})";

std::string choices(const std::string& list) { return kHead + R"(,"choices":[)" + list + "]"; }

}  // namespace

TEST_SUITE("dialect/openai_replay") {
  TEST_CASE("a whole answer is a chunk with its message, one that ends it, and [DONE]") {
    const std::string content = event(
        choices(R"({"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null})") +
        "}");
    const std::string finish = R"({"index":0,"delta":{},"finish_reason":"stop"})";
    CHECK(renderOpenAiReplay({kBody}) == content + event(choices(finish) + "}") + event("[DONE]"));
    CHECK(renderOpenAiReplay({kBody, UsageChunk::Send, R"({"t":1})"}) ==
          content + event(choices(finish) + R"(,"mlx:trace":{"t":1}})") +
              event(choices("") + R"(,"usage":{"prompt_tokens":9,"completion_tokens":1}})") +
              event("[DONE]"));
  }

  TEST_CASE("without usage there is no chunk for it, though it was asked for") {
    const std::string body =
        R"({"choices":[{"index":0,"message":{"content":"x"},"finish_reason":"stop"}]})";
    const std::string out = renderOpenAiReplay({body, UsageChunk::Send});
    CHECK(out.find("usage") == std::string::npos);
    CHECK(out.find(R"("choices":[])") == std::string::npos);
  }

  TEST_CASE("every choice has its content and its end, and the trace stands in the last") {
    const std::string body =
        R"({"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"},)"
        R"({"index":1,"message":{"content":"b"},"finish_reason":"length"}]})";
    const std::string head = R"({"object":"chat.completion.chunk","choices":[)";
    CHECK(renderOpenAiReplay({body, UsageChunk::Leave, "{}"}) ==
          event(head + R"({"index":0,"delta":{"content":"a"},"finish_reason":null}]})") +
              event(head + R"({"index":1,"delta":{"content":"b"},"finish_reason":null}]})") +
              event(head + R"({"index":0,"delta":{},"finish_reason":"stop"}]})") +
              event(head + R"({"index":1,"delta":{},"finish_reason":"length"}],"mlx:trace":{}})") +
              event("[DONE]"));
  }

  TEST_CASE("tool calls get their places, and logprobs and unknown members are kept") {
    const std::string body =
        R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[)"
        R"({"id":"x","type":"function","function":{"name":"f","arguments":"{}"}},)"
        R"({"index":9,"id":"y","type":"function","function":{"name":"g","arguments":""}}],)"
        R"("reasoning":"because"},"logprobs":{"content":[]},"finish_reason":"tool_calls"}]})";
    const std::string out = renderOpenAiReplay({body});
    CHECK(out.find(R"("tool_calls":[{"index":0,"id":"x","type":"function",)") != std::string::npos);
    CHECK(out.find(R"({"index":1,"id":"y","type":"function",)") != std::string::npos);
    CHECK(out.find("\"index\":9") == std::string::npos);
    CHECK(out.find(R"("reasoning":"because")") != std::string::npos);
    CHECK(out.find(R"("logprobs":{"content":[]})") != std::string::npos);
    CHECK(out.find(R"("content":null)") == std::string::npos);
    CHECK(out.find(R"("finish_reason":"tool_calls")") != std::string::npos);
  }

  TEST_CASE("members of an answer that has few of them are not made up") {
    const std::string out = renderOpenAiReplay({R"({"choices":[{"message":{"content":"x"}}]})"});
    CHECK(out.starts_with(event(R"({"object":"chat.completion.chunk","choices":[{"index":0,)"
                                R"("delta":{"content":"x"},"finish_reason":null}]})")));
    CHECK(out.find(R"("finish_reason":"stop")") != std::string::npos);  // it is a whole answer
  }

  TEST_CASE("what is no answer is nothing") {
    for (const char* body : {"", "[]", "{", "{}", R"({"choices":{}})", "null"}) {
      CHECK(renderOpenAiReplay({body}).empty());
    }
  }

  TEST_CASE("a relay takes it for a whole stream with the answer's usage") {
    StreamRelay relay({});
    std::string out;
    relay.feed(renderOpenAiReplay({kBody, UsageChunk::Send}), out);
    CHECK(relay.finish(out) == StreamPhase::Done);
    CHECK(out == renderOpenAiReplay({kBody}));
    CHECK(relay.usage().input_uncached == 9);
  }
}
