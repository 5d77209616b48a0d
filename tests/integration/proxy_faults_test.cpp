// Upstreams that break in every way, before one that works: what the caller gets is one answer, or
// an error, and never a cut that looks like an answer.
#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "manage_support.h"
#include "support/fake_upstream.h"
#include "support/raw_socket.h"

using namespace penstock;
using namespace penstock::test;

namespace {

enum class Ending : uint8_t { Close, Reset, Stall };

// Answers every request with exact bytes, and ends the connection as told.
class RawUpstream {
 public:
  RawUpstream() : thread_([this](const std::stop_token& stop) { serve(stop); }) {}

  void answer(std::string bytes, Ending ending = Ending::Close) {
    std::lock_guard lock(mutex_);
    bytes_ = std::move(bytes);
    ending_ = ending;
  }
  std::string baseUrl() const {
    return "http://127.0.0.1:" + std::to_string(listener_.port()) + "/v1";
  }
  int seen() const { return seen_; }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!listener_.waits(std::chrono::milliseconds(50))) continue;
      RawSocket caller = listener_.accept();
      RawResponse request;
      request.head = caller.readUntil("\r\n\r\n");
      caller.readExactly(static_cast<size_t>(std::atoll(request.header("Content-Length").c_str())));
      ++seen_;
      std::lock_guard lock(mutex_);
      caller.send(bytes_);
      if (ending_ == Ending::Reset) caller.reset();
      if (ending_ == Ending::Stall) caller.end();  // until the gateway has hung up
    }
  }

  const RawListener listener_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::string bytes_;
  Ending ending_ = Ending::Close;
  std::atomic<int> seen_{0};
  std::jthread thread_;  // last: it uses all of the above
};

std::string chunk(const std::string& delta, const std::string& finish = "null") {
  return R"({"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":)" +
         delta + R"(,"finish_reason":)" + finish + "}]}";
}
std::string says(const std::string& text) { return chunk(R"({"content":")" + text + R"("})"); }

const std::string kText = "Alpha beta gamma";
const std::vector<std::string> kEvents = {
    chunk(R"({"role":"assistant","content":""})"),
    says("Alpha "),
    says("beta "),
    says("gamma"),
    chunk("{}", R"("stop")"),
    R"({"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}})",
    "[DONE]"};
const std::vector<std::string> kGoodEvents = {says("GOOD"), chunk("{}", R"("stop")"), "[DONE]"};

std::string whole(const std::string& text) {
  return R"({"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":)"
         R"({"role":"assistant","content":")" +
         text +
         R"("},"finish_reason":"stop"}],)"
         R"("usage":{"prompt_tokens":7,"completion_tokens":3}})";
}

const std::string kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n";
const std::string kJsonHead =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";

std::string withLength(const std::string& head, const std::string& body, int64_t off = 0) {
  return head + "Content-Length: " + std::to_string(static_cast<int64_t>(body.size()) + off) +
         "\r\n\r\n" + body;
}
std::string framed(const std::string& data) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  return size + data + "\r\n";
}
std::string eventsOf(const std::vector<std::string>& events,
                     std::string (*frame)(const std::string&)) {
  std::string out;
  for (const std::string& event : events) out += frame("data: " + event + "\n\n");
  return out;
}
std::string bare(const std::string& data) { return data; }

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// The content that a streamed answer's events carry.
std::string streamedText(const std::string& body) {
  constexpr std::string_view kKey = R"("content":")";
  std::string text;
  for (size_t at = body.find(kKey); at != std::string::npos; at = body.find(kKey, at)) {
    at += kKey.size();
    text += body.substr(at, body.find('"', at) - at);
  }
  return text;
}

GatewayOptions impatient() {
  GatewayOptions options = quietOptions();
  options.rate_limit_rpm = 1'000'000;
  options.idle_timeout = std::chrono::milliseconds(200);
  return options;
}

// A chain of an upstream that breaks and one that works, under a budget that blocks.
struct Faults {
  explicit Faults(FakeUpstream::Script good_script)
      : good(std::move(good_script)),
        gateway(Gateway::start(impatient())),
        manage(manageOf(gateway)),
        proxy(proxyOf(gateway)),
        bad_id(provider("bad", bad.baseUrl())),
        good_id(provider("good", good.baseUrl())) {
    const Answer made =
        manage.post(std::string(kBase) + "/budgets",
                    R"({"name":"b","scope":"organization","cap_usd":100000,"period":"monthly"})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    budget = dataText(made, "id");
  }

  std::string provider(const std::string& name, const std::string& url) {
    const Answer made = manage.post(
        std::string(kBase) + "/providers",
        R"({"vendor":"openai","api_key":"sk-x","private":true,"verify":false,"name":")" + name +
            R"(","base_url":")" + url + R"("})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    return dataText(made, "id");
  }

  // A model name of its own for each case: health is kept by model, and no case is to suffer from
  // what another did to its target.
  Answer chat(const std::string& fields) {
    const std::string model = "m" + std::to_string(++cases);
    const auto target = [&model](const std::string& id, const std::string& rest) {
      return R"({"model":")" + model + R"(","provider_credential_id":")" + id + "\"" + rest + "}";
    };
    const std::string config = R"({"models":[)" + target(bad_id, R"(,"timeout_ms":150)") + "," +
                               target(good_id, "") + "]}";
    const Answer set =
        cases == 1
            ? manage.post(std::string(kBase) + "/routing-configs",
                          R"({"name":"c","policy":"fallback_chain","config":)" + config + "}")
            : manage.patch(std::string(kBase) + "/routing-configs/@c",
                           R"({"config":)" + config + "}");
    REQUIRE_MESSAGE(set.status / 100 == 2, set.body);
    return proxy.post(
        "/v1/chat/completions",
        R"({"model":"@c","max_tokens":20,"messages":[{"role":"user","content":"x"}])" + fields +
            "}");
  }
  Answer stream() { return chat(R"(,"stream":true)"); }

  // Nothing is reserved any more, and what was spent is what the log says.
  void checkMoney() {
    const Answer status = manage.get(std::string(kBase) + "/budgets/" + budget + "/status");
    CHECK_MESSAGE(contains(status.body, R"("reserved_usd":0,)"), status.body);
    int64_t logged = 0;
    for (const std::string& cost : listAll(manage, "/logs", "total_cost_usd", 100))
      logged += cost == "null" ? 0 : std::llround(std::stod(cost) * 1e9);
    CHECK(std::llround(std::stod(dataText(status, "spend_usd")) * 1e9) == logged);
  }

  RawUpstream bad;
  FakeUpstream good;
  Gateway gateway;
  Api manage, proxy;
  std::string bad_id, good_id, budget;
  int cases = 0;
};

void checkFellBack(const Answer& answer) {
  CHECK(answer.status == 200);
  CHECK(streamedText(answer.body) == "GOOD");
  CHECK(answer.body.ends_with("data: [DONE]\n\n"));
  CHECK(count(answer.body, "[DONE]") == 1);
  CHECK_FALSE(contains(answer.body, R"("error")"));
}

void checkBrokeOff(const Answer& answer) {
  CHECK(answer.status == 200);
  CHECK(kText.starts_with(streamedText(answer.body)));
  CHECK(count(answer.body, R"(data: {"error":{)") == 1);
  CHECK_FALSE(contains(answer.body, "[DONE]"));
}

// What must come of the stream's first `size` bytes.
void checkCut(const Answer& answer, const std::string& bytes, size_t size) {
  INFO("cut after ", size, " of ", bytes.size(), " bytes: ", answer.body);
  const size_t content = bytes.find("\n\n", bytes.find("Alpha")) + 2;
  const size_t finish = bytes.find("}]}", bytes.find("\"stop\"")) + 3;
  const bool is_done = contains(answer.body, "[DONE]");
  if (size < content) return checkFellBack(answer);
  if (!is_done) {
    CHECK(size < finish + 2);  // the event was there with its blank line: that is an answer
    return checkBrokeOff(answer);
  }
  CHECK(size >= finish);
  CHECK(streamedText(answer.body) == kText);
  CHECK_FALSE(contains(answer.body, R"("error")"));
}

void cutEverywhere(const std::string& bytes) {
  Faults faults(streaming(kGoodEvents));
  for (size_t size = 0; size <= bytes.size(); ++size) {
    faults.bad.answer(bytes.substr(0, size));
    checkCut(faults.stream(), bytes, size);
  }
  CHECK(faults.bad.seen() >= static_cast<int>(bytes.size()));
  faults.checkMoney();
}

}  // namespace

TEST_SUITE("proxy/faults") {
  TEST_CASE("a chunked stream that is cut at any byte is never taken for an answer") {
    cutEverywhere(kStreamHead + "Transfer-Encoding: chunked\r\n\r\n" + eventsOf(kEvents, framed) +
                  "0\r\n\r\n");
  }

  TEST_CASE("a stream up to the connection's end that is cut at any byte is never taken for one") {
    cutEverywhere(kStreamHead + "\r\n" + eventsOf(kEvents, bare));
  }

  TEST_CASE("a whole answer that is cut at any byte is the next provider's") {
    Faults faults(answering(whole("GOOD")));
    const std::string bytes = withLength(kJsonHead, whole("BAD"));
    for (size_t size = 0; size < bytes.size(); ++size) {
      INFO("cut after ", size);
      faults.bad.answer(bytes.substr(0, size));
      const Answer answer = faults.chat("");
      CHECK(answer.status == 200);
      CHECK(answer.body == whole("GOOD"));
    }
    faults.checkMoney();
  }

  TEST_CASE("an answer that is none is the next provider's, and the trace says why") {
    Faults faults(answering(whole("GOOD")));
    const std::string body = whole("BAD");
    const std::string chunked = kJsonHead + "Transfer-Encoding: chunked\r\n\r\n";
    struct Case {
      const char* name;
      std::string bytes;
      Ending ending = Ending::Close;
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
             {"silence", "", Ending::Stall},
             {"a stall in the body", withLength(kJsonHead, body, 5), Ending::Stall}}) {
      INFO(c.name);
      faults.bad.answer(c.bytes, c.ending);
      const Answer answer = faults.chat(R"(,"mlx:trace":true)");
      INFO(answer.body);
      CHECK(answer.status == 200);
      CHECK(contains(answer.body, R"("content":"GOOD")"));
      CHECK_FALSE(contains(answer.body, R"("content":"BAD")"));
      CHECK(contains(answer.body, R"("decision":"attempt_2","reason":"attempt_1 )"));
    }
    faults.checkMoney();
  }

  TEST_CASE("a stream that stalls falls back before content and breaks off after it") {
    Faults faults(streaming(kGoodEvents));
    std::string bytes = kStreamHead + "Transfer-Encoding: chunked\r\n\r\n";
    for (size_t i = 0; i < 4; ++i) {
      INFO("after ", i, " events");
      faults.bad.answer(bytes, Ending::Stall);
      const Answer answer = faults.stream();
      INFO(answer.body);
      if (i < 2) {
        checkFellBack(answer);
      } else {
        checkBrokeOff(answer);
      }
      bytes += framed("data: " + kEvents[i] + "\n\n");
    }
    faults.checkMoney();
  }

  TEST_CASE("every status falls back but for refusals of the request itself") {
    Faults faults(answering(whole("GOOD")));
    for (const int status :
         {400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529}) {
      INFO(status);
      const bool is_callers = status == 400 || status == 409 || status == 413 || status == 422;
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
      // These hold for all of the credential's models: it is made anew.
      if (status == 401 || status == 402 || status == 403)
        faults.bad_id = faults.provider("bad" + std::to_string(status), faults.bad.baseUrl());
    }
    faults.checkMoney();
  }
}
