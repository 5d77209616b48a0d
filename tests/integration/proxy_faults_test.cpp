// Upstreams that break in every way, before one that works: what the caller gets is one answer, or
// an error, and never a cut that looks like an answer; and the stored trace tells what happened.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "proxy_faults_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// A connection that ended too early, or an answer that did.
constexpr const char* kBroken = "transport,invalid_answer";

// What must come of the stream's first `size` bytes.
void checkCut(Faults& faults, const std::string& bytes, size_t size) {
  faults.bad.answer(bytes.substr(0, size));
  const Answer answer = faults.stream();
  INFO("cut after ", size, " of ", bytes.size(), " bytes: ", answer.body);
  const size_t content = bytes.find("\n\n", bytes.find("Alpha")) + 2;
  const size_t finish = bytes.find("}]}", bytes.find("\"stop\"")) + 3;
  const bool is_done = contains(answer.body, "[DONE]");
  if (size < content) {
    checkFellBack(answer);
    return faults.checkTrace(answer, kBroken, 2);
  }
  if (!is_done) {
    CHECK(size < finish + 2);  // the event was there with its blank line: that is an answer
    checkBrokeOff(answer);
    return faults.checkTrace(answer, kBroken, 1);
  }
  faults.checkTrace(answer, "ok", 1);
  CHECK(size >= finish);
  CHECK(streamedText(answer.body) == kText);
  CHECK_FALSE(contains(answer.body, R"("error")"));
}

void cutEverywhere(const std::string& bytes) {
  Faults faults(streaming(kGoodEvents));
  for (size_t size = 0; size <= bytes.size(); ++size) checkCut(faults, bytes, size);
  CHECK(faults.bad.seen() >= static_cast<int>(bytes.size()));
  faults.checkMoney();
}

// A whole answer: that of the next provider, unless all of it came.
void cutWholeEverywhere(const std::string& bytes) {
  Faults faults(answering(completion("GOOD")));
  for (size_t size = 0; size <= bytes.size(); ++size) {
    INFO("cut after ", size, " of ", bytes.size());
    const bool complete = size == bytes.size();
    faults.bad.answer(bytes.substr(0, size));
    const Answer answer = faults.chat("");
    CHECK(answer.status == 200);
    CHECK(answer.body == completion(complete ? "BAD" : "GOOD"));
    faults.checkTrace(answer, complete ? "ok" : kBroken, complete ? 1 : 2);
  }
  faults.checkMoney();
}

}  // namespace

TEST_SUITE("proxy/faults") {
  TEST_CASE("a chunked stream that is cut at any byte is never taken for an answer") {
    cutEverywhere(kStreamHead + kChunked + eventsOf(kEvents, framed) + "0\r\n\r\n");
  }

  TEST_CASE("a stream up to the connection's end that is cut at any byte is never taken for one") {
    cutEverywhere(kStreamHead + "\r\n" + eventsOf(kEvents, bare));
  }

  TEST_CASE("a whole answer of a stated length that is cut at any byte is the next provider's") {
    cutWholeEverywhere(withLength(kJsonHead, completion("BAD")));
  }

  TEST_CASE("a chunked whole answer that is cut at any byte is the next provider's") {
    const std::string body = completion("BAD");
    const size_t half = body.size() / 2;
    cutWholeEverywhere(kJsonHead + kChunked + framed(body.substr(0, half)) +
                       framed(body.substr(half)) + "0\r\n\r\n");
  }

  TEST_CASE("a whole answer up to the connection's end that is cut at any byte is the next one's") {
    cutWholeEverywhere(kJsonHead + "\r\n" + completion("BAD"));
  }

  TEST_CASE("an answer that is none is the next provider's, and the trace says why") {
    Faults faults(answering(completion("GOOD")));
    const std::string body = completion("BAD");
    const std::string chunked = kJsonHead + kChunked;
    struct Case {
      const char* name;
      std::string bytes;
      Ending ending = Ending::Close;
      const char* status = kBroken;
    };
    for (const Case& c : std::vector<Case>{
             {"length too long", withLength(kJsonHead, body, 5)},
             {"length too short", withLength(kJsonHead, body, -5)},
             {"bad chunk size", chunked + "zz\r\n" + body + "\r\n0\r\n\r\n"},
             {"chunk size too short", chunked + "5\r\n" + body + "\r\n0\r\n\r\n"},
             {"garbage head", "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
             {"reset at once", "", Ending::Reset},
             {"reset in the head", kJsonHead, Ending::Reset},
             {"reset in the body", withLength(kJsonHead, body, 5), Ending::Reset},
             {"empty", withLength(kJsonHead, "")},
             {"HTML",
              withLength("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", "<html></html>")},
             {"an error object", withLength(kJsonHead, R"({"error":{"message":"no"}})")},
             {"gzip", withLength(kJsonHead + "Content-Encoding: gzip\r\n", "\x1f\x8b\x08garbage")},
             {"silence", "", Ending::Stall, "timeout"},
             {"a stall in the head", kJsonHead, Ending::Stall, "timeout"},
             {"a stall in the body", withLength(kJsonHead, body, 5), Ending::Stall, "timeout"}}) {
      INFO(c.name);
      faults.bad.answer(c.bytes, c.ending);
      faults.limit_ms = c.ending == Ending::Stall ? 150 : 10'000;
      const Answer answer = faults.chat(R"(,"mlx:trace":true)");
      INFO(answer.body);
      CHECK(answer.status == 200);
      CHECK(contains(answer.body, R"("content":"GOOD")"));
      CHECK_FALSE(contains(answer.body, R"("content":"BAD")"));
      CHECK(contains(answer.body, R"("decision":"attempt_2","reason":"attempt_1 )"));
      faults.checkTrace(answer, c.status, 2);
    }
    faults.checkMoney();
  }

  TEST_CASE("a stream that stalls falls back before content, breaks off after it, and has ended") {
    Faults faults(streaming(kGoodEvents));
    faults.limit_ms = 150;
    std::string bytes = kStreamHead + kChunked;
    for (size_t events = 0; events <= kEvents.size(); ++events) {
      INFO("after ", events, " events");
      if (events > 0) bytes += framed("data: " + kEvents[events - 1] + "\n\n");
      faults.bad.answer(bytes, Ending::Stall);
      const Answer answer = faults.stream();
      INFO(answer.body);
      if (events < 2) {
        checkFellBack(answer);
        faults.checkTrace(answer, "timeout", 2);
      } else if (events < 5) {
        checkBrokeOff(answer);
        faults.checkTrace(answer, "timeout", 1);
      } else {  // with its finish_reason it is whole, whatever comes after or does not
        CHECK(streamedText(answer.body) == kText);
        CHECK(answer.body.ends_with("data: [DONE]\n\n"));
        CHECK_FALSE(contains(answer.body, R"("error")"));
        faults.checkTrace(answer, "ok", 1);
      }
    }
    faults.checkMoney();
  }

  TEST_CASE("every status falls back but for refusals of the request itself") {
    Faults faults(answering(completion("GOOD")));
    struct Case {
      int status;
      const char* name;
    };
    for (const Case& c : std::vector<Case>{{400, "refused"},
                                           {401, "credential_refused"},
                                           {402, "out_of_money"},
                                           {403, "credential_refused"},
                                           {404, "model_not_found"},
                                           {408, "timeout"},
                                           {409, "refused"},
                                           {413, "refused"},
                                           {422, "refused"},
                                           {429, "rate_limited"},
                                           {500, "server_error"},
                                           {502, "server_error"},
                                           {503, "overloaded"},
                                           {504, "timeout"},
                                           {529, "overloaded"}}) {
      const int status = c.status;
      INFO(status);
      const bool is_callers = std::string(c.name) == "refused";
      faults.bad.answer(withLength("HTTP/1.1 " + std::to_string(status) +
                                       " X\r\nContent-Type: application/json\r\n"
                                       "Connection: close\r\n",
                                   R"({"error":{"message":"no"}})"));
      const Answer answer = faults.chat(R"(,"mlx:trace":true)");
      INFO(answer.body);
      CHECK(answer.status == (is_callers ? status : 200));
      CHECK(contains(answer.body, R"("content":"GOOD")") == !is_callers);
      if (is_callers) CHECK(answer.header("x-should-retry") == "false");
      if (!is_callers) CHECK(contains(answer.body, R"("http_status":)" + std::to_string(status)));
      faults.checkTrace(answer, c.name, is_callers ? 1 : 2);
      // These hold for all of the credential's models: it is made anew.
      if (status == 401 || status == 402 || status == 403)
        faults.bad_id = faults.provider("bad" + std::to_string(status), faults.bad.baseUrl());
    }
    faults.checkMoney();
  }
}
