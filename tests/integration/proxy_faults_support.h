#pragma once

#include <atomic>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "proxy_support.h"
#include "support/raw_socket.h"

// What the tests of upstreams that break share.
namespace penstock::test {

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

inline const std::string kText = "Alpha beta gamma";
inline const std::vector<std::string> kEvents = {
    chunk(R"({"role":"assistant","content":""})"),
    says("Alpha "),
    says("beta "),
    says("gamma"),
    chunk("{}", R"("stop")"),
    R"({"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}})",
    "[DONE]"};
inline const std::vector<std::string> kGoodEvents = {says("GOOD"), chunk("{}", R"("stop")"),
                                                     "[DONE]"};

inline const std::string kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n";
inline const std::string kJsonHead =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
inline const std::string kChunked = "Transfer-Encoding: chunked\r\n\r\n";

inline std::string withLength(const std::string& head, const std::string& body, int64_t off = 0) {
  return head + "Content-Length: " + std::to_string(static_cast<int64_t>(body.size()) + off) +
         "\r\n\r\n" + body;
}
inline std::string framed(const std::string& data) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  return size + data + "\r\n";
}
inline std::string bare(const std::string& data) { return data; }
inline std::string eventsOf(const std::vector<std::string>& events,
                            std::string (*frame)(const std::string&)) {
  std::string out;
  for (const std::string& event : events) out += frame("data: " + event + "\n\n");
  return out;
}

inline size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// The content that a streamed answer's events carry.
inline std::string streamedText(const std::string& body) {
  constexpr std::string_view kKey = R"("content":")";
  std::string text;
  for (size_t at = body.find(kKey); at != std::string::npos; at = body.find(kKey, at)) {
    at += kKey.size();
    text += body.substr(at, body.find('"', at) - at);
  }
  return text;
}

inline GatewayOptions impatientOptions() {
  GatewayOptions options = unlimitedOptions();
  options.idle_timeout = std::chrono::milliseconds(200);
  return options;
}

// A chain of an upstream that breaks and one that works, under a budget that blocks.
struct Faults : Routed {
  explicit Faults(FakeUpstream::Script good_script, const std::string& bad_vendor = "openai")
      : Routed(impatientOptions()),
        good(std::move(good_script)),
        bad_id(provider("bad", bad.baseUrl(), "", bad_vendor)),
        good_id(provider("good", good.baseUrl())) {
    budget();
  }

  // A model name of its own for each case: health is kept by model, and no case is to suffer from
  // what another did to its target.
  Answer chat(const std::string& fields, const std::string& path = "/v1/chat/completions") {
    const std::string model = "m" + std::to_string(++cases);
    const auto target = [&model](const std::string& id, const std::string& rest) {
      return R"({"model":")" + model + R"(","provider_credential_id":")" + id + "\"" + rest + "}";
    };
    const std::string limit = R"(,"timeout_ms":)" + std::to_string(limit_ms);
    const std::string models =
        R"({"models":[)" + target(bad_id, limit) + "," + target(good_id, "") + "]}";
    if (cases == 1) {
      config("c", "fallback_chain", models);
    } else {
      const Answer set =
          manage.patch(std::string(kBase) + "/routing-configs/@c", R"({"config":)" + models + "}");
      REQUIRE_MESSAGE(set.status == 200, set.body);
    }
    return proxy.post(path, chatBody("c", fields));
  }
  Answer stream(const std::string& path = "/v1/chat/completions") {
    return chat(R"(,"stream":true)", path);
  }

  // The stored decision: the first attempt ended like one of these (commas between), and the
  // second, if there was one, served.
  void checkTrace(const Answer& answer, const std::string& first_status, size_t attempts) {
    const auto trace = traceOf(answer);
    INFO(trace.root().text());
    const auto made = trace.root().find("attempts");
    REQUIRE(made->size() == attempts);
    const std::string first(made->at(0).stringAt("status").value_or(""));
    CHECK(("," + first_status + ",").find("," + first + ",") != std::string::npos);
    CHECK(made->at(0).stringAt("provider_id") == bad_id);
    const bool well = first == "ok";
    if (attempts == 2) {
      CHECK(made->at(1).stringAt("status") == "ok");
      CHECK(made->at(1).stringAt("provider_id") == good_id);
      CHECK(decisionOf(trace) == "attempt_2");
    }
    CHECK(reasonOf(trace) == (well ? "place 1 of the chain" : "attempt_1 " + first));
    for (const auto attempt : made->elements()) {
      const bool has_error = attempt.stringAt("error").has_value();
      CHECK(has_error == (attempt.stringAt("status") != "ok"));
    }
  }

  RawUpstream bad;
  FakeUpstream good;
  std::string bad_id, good_id;
  int64_t limit_ms = 10'000;  // for the bad one; shorter where it is to be too slow
  int cases = 0;
};

inline void checkFellBack(const Answer& answer) {
  CHECK(answer.status == 200);
  CHECK(streamedText(answer.body) == "GOOD");
  CHECK(answer.body.ends_with("data: [DONE]\n\n"));
  CHECK(count(answer.body, "[DONE]") == 1);
  CHECK_FALSE(contains(answer.body, R"("error")"));
}

inline void checkBrokeOff(const Answer& answer) {
  CHECK(answer.status == 200);
  CHECK(kText.starts_with(streamedText(answer.body)));
  CHECK(count(answer.body, R"(data: {"error":{)") == 1);
  CHECK_FALSE(contains(answer.body, "[DONE]"));
}

}  // namespace penstock::test
