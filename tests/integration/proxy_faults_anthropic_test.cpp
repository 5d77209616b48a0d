// Streams of Anthropic's shape that break, for callers of both dialects, before a provider of
// OpenAI's that works: one answer or an error, and never a cut that looks like an answer.
#include <doctest/doctest.h>

#include <string>

#include "proxy_faults_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

constexpr const char* kStream =
    "event: message_start\ndata: "
    "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":"
    "\"message\",\"role\":\"assistant\",\"model\":\"claude\",\"content\":[],\"stop_reason\":null,"
    "\"stop_sequence\":null,\"usage\":{\"input_tokens\":7,\"output_tokens\":1}}}\n\n"
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
    "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
    "event: ping\ndata: {\"type\":\"ping\"}\n\n"
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
    "{\"type\":\"text_delta\",\"text\":\"Alpha \"}}\n\n"
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
    "{\"type\":\"text_delta\",\"text\":\"beta gamma\"}}\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\ndata: "
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\","
    "\"stop_sequence\":null},\"usage\":{\"output_tokens\":3}}\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

// How a caller asks, and what it reads of an answer.
struct Caller {
  const char* path;
  const char* text_key;  // before a piece of the text
  const char* end;       // that only a whole stream has
  const char* error;     // that a broken one has
};
constexpr Caller kOpenAi = {"/v1/chat/completions", R"("content":")", "data: [DONE]",
                            R"(data: {"error":{)"};
constexpr Caller kAnthropic = {"/anthropic/v1/messages", R"("text_delta","text":")",
                               "event: message_stop", "event: error"};

std::string textOf(const std::string& body, const std::string& key) {
  std::string text;
  for (size_t at = body.find(key); at != std::string::npos; at = body.find(key, at)) {
    at += key.size();
    text += body.substr(at, body.find('"', at) - at);
  }
  return text;
}

// What must come of the stream's first `size` bytes, however it ended after them.
void checkEnd(Faults& faults, const Caller& caller, size_t size, Ending ending) {
  const std::string stream = kStream;
  faults.bad.answer(kStreamHead + "\r\n" + stream.substr(0, size), ending);
  const Answer answer = faults.stream(caller.path);
  INFO("ended after ", size, " bytes of the body: ", answer.body);
  const size_t content = stream.find("\n\n", stream.find("Alpha")) + 2;
  const size_t finish = stream.find("\n\n", stream.find("end_turn"));
  const std::string text = textOf(answer.body, caller.text_key);
  REQUIRE(answer.status == 200);
  if (size < content) {
    CHECK(text == "GOOD");
    CHECK(contains(answer.body, caller.end));
    CHECK_FALSE(contains(answer.body, caller.error));
  } else if (contains(answer.body, caller.end)) {
    CHECK(size >= finish);
    CHECK(text == kText);
    CHECK_FALSE(contains(answer.body, caller.error));
  } else {
    CHECK(size < finish + 2);
    CHECK(kText.starts_with(text));
    CHECK(count(answer.body, caller.error) == 1);
  }
}

}  // namespace

TEST_SUITE("proxy/faults_anthropic") {
  TEST_CASE("a stream that is cut at any byte is never taken for an answer") {
    for (const Caller& caller : {kOpenAi, kAnthropic}) {
      Faults faults(streaming(kGoodEvents), "anthropic");
      for (size_t size = 0; size <= std::string(kStream).size(); ++size) {
        checkEnd(faults, caller, size, Ending::Close);
      }
      faults.checkMoney();
    }
  }

  TEST_CASE("a stream that stalls after any event is not taken for an answer either") {
    const std::string stream = kStream;
    for (const Caller& caller : {kOpenAi, kAnthropic}) {
      Faults faults(streaming(kGoodEvents), "anthropic");
      size_t size = 0;
      while (size < stream.size()) {
        checkEnd(faults, caller, size, Ending::Stall);
        size = stream.find("\n\n", size) + 2;
      }
      faults.checkMoney();
    }
  }
}
