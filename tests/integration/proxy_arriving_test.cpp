// Recordings that are passed on while they arrive. Both ends are held by the test, byte for byte:
// what the provider has is looked at while the caller has not sent all.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "proxy_support.h"
#include "support/raw_socket.h"

using namespace penstock;
using namespace penstock::test;

namespace {

const std::string kTimed = R"({"text":"hi","usage":{"type":"duration","seconds":30}})";

std::string field(const std::string& name, const std::string& value) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}
std::string file(const std::string& bytes) {
  return "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n"
         "Content-Type: audio/mpeg\r\n\r\n" +
         bytes + "\r\n";
}
const std::string kEnd = "--XX--\r\n";

// Different everywhere, with what looks like the boundary's beginning in it.
std::string sound(size_t bytes = 200'000) {
  std::string text;
  while (text.size() < bytes) text += std::to_string(text.size()) + "\r\n--X ";
  text.resize(bytes);
  return text;
}

GatewayOptions spoolingOptions() {
  GatewayOptions options = unlimitedOptions();
  options.spool_bytes = 1024;
  return options;
}

// A provider whose connections the test serves.
struct ByHand {
  std::string url() const { return "http://127.0.0.1:" + std::to_string(listener.port()) + "/v1"; }
  RawListener listener;
};

// One request as a provider has it so far.
struct Received {
  explicit Received(const ByHand& provider) : socket(provider.listener.accept()) {
    head = socket.readUntil("\r\n\r\n");
    const size_t at = head.find("Content-Length: ");
    REQUIRE(at != std::string::npos);
    length = std::stoul(head.substr(at + 16));
  }
  // Its whole body, once it is sent.
  std::string rest() {
    body += socket.readExactly(length - body.size());
    return body;
  }
  void answer(const std::string& status, const std::string& text) {
    socket.send("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " +
                std::to_string(text.size()) + "\r\n\r\n" + text);
  }

  RawSocket socket;
  std::string head, body;
  size_t length = 0;
};

struct World : Routed {
  explicit World(GatewayOptions options = spoolingOptions()) : Routed(std::move(options)) {
    up_id = provider("up", up.url());
  }
  // A caller who has said how much will come, and sent nothing of it.
  RawSocket call(size_t length, const std::string& headers = "",
                 const std::string& path = "/v1/audio/transcriptions") {
    const std::string& url = gateway.proxyUrl();
    RawSocket caller =
        RawSocket::connect(static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    caller.send("POST " + path + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " +
                gateway.projectKey() + "\r\nContent-Type: multipart/form-data; boundary=XX\r\n" +
                headers + "Content-Length: " + std::to_string(length) + "\r\n\r\n");
    return caller;
  }
  json::Document rowOf(const RawResponse& answer) {
    return parsed(
        manage.get(std::string(kBase) + "/logs/" + answer.header("X-Modelux-Request-Id")).body);
  }

  ByHand up;
  std::string up_id;
};

// The value of a member of a row's data, as JSON.
std::string member(const json::Document& row, const std::string& name) {
  const auto found = row.root().find("data")->find(name);
  return found ? found->text() : "";
}

}  // namespace

TEST_SUITE("proxy/arriving") {
  TEST_CASE("a recording is with the provider before the caller has sent all of it") {
    World f;
    const std::string recording = sound();
    const std::string form = field("mlx:tags[team]", "ml") + field("model", "up/whisper-1") +
                             field("language", "en") + file(recording) + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 150'000));
    Received received(f.up);
    received.body = received.socket.readExactly(100'000);
    CHECK(contains(received.body, "whisper-1"));
    caller.send(form.substr(150'000));
    const std::string sent =
        field("model", "whisper-1") + field("language", "en") + file(recording) + kEnd;
    CHECK(received.rest() == sent);
    CHECK(received.length == sent.size());
    CHECK(contains(received.head, "Authorization: Bearer sk-1234567890\r\n"));
    received.answer("200 OK", kTimed);
    const RawResponse answer = caller.response();
    CHECK(answer.status == 200);
    CHECK(answer.body == kTimed);
    CHECK_FALSE(answer.has("Connection"));
    const auto row = f.rowOf(answer);
    CHECK(member(row, "tags") == R"({"team":"ml"})");
    CHECK(member(row, "total_cost_usd") == "0.003");
    CHECK(member(row, "stream") == "false");
    // Both connections are good for another.
    caller.send("GET /v1/nothing HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(caller.response().status == 404);
  }

  TEST_CASE("how fast the caller sends is not held against the provider") {
    World f;
    f.config("stt", "fallback_chain",
             R"({"models":[{"provider_credential_id":")" + f.up_id +
                 R"(","model":"whisper-1","timeout_ms":1000}],"total_budget_ms":1100})");
    const std::string form = field("model", "@stt") + file(sound()) + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 100'000));
    Received received(f.up);
    received.body = received.socket.readExactly(90'000);
    CHECK(caller.quiet(std::chrono::milliseconds(1200)));
    caller.send(form.substr(100'000));
    received.rest();
    received.answer("200 OK", kTimed);
    const RawResponse answer = caller.response();
    CHECK(answer.status == 200);
    const auto attempts = f.traceOf(answer.header("X-Modelux-Request-Id"));
    const auto attempt = attempts.root().find("attempts")->at(0);
    CHECK(attempt.find("latency_ms")->asDouble().value_or(9'000) < 1'000);
    CHECK(attempt.find("queue_ms")->asDouble().value_or(0) > 1'200);
  }

  TEST_CASE("what stands behind the file waits for the whole form, and goes on with it") {
    World f;
    const std::string start = field("model", "up/whisper-1") + file(sound());
    const std::string tail =
        field("response_format", "verbose_json") + field("timestamp_granularities[]", "word");
    RawSocket caller = f.call(start.size() + tail.size() + kEnd.size());
    caller.send(start + tail);
    Received received(f.up);
    const std::string before = field("model", "whisper-1") + file(sound());
    // The last line end may belong to the delimiter.
    received.body = received.socket.readExactly(before.size() - 2);
    CHECK(received.socket.quiet(std::chrono::milliseconds(50)));
    caller.send(kEnd);
    CHECK(received.rest() == before + tail + kEnd);
    received.answer("200 OK", R"({"text":"hi","duration":30})");
    const RawResponse answer = caller.response();
    CHECK(answer.body == R"({"text":"hi","duration":30})");
  }

  TEST_CASE("what decides otherwise behind the file begins anew, and stays here") {
    World f;
    f.budget();
    ByHand second;
    f.provider("second", second.url());
    f.config("stt", "custom_rules",
             R"({"rules":[{"if":"tags.team == 'ml'","then":"second/whisper-1"},)"
             R"({"else":"up/whisper-1"}]})");
    const std::string form =
        field("model", "@stt") + file(sound()) + field("mlx:tags[team]", "ml") + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 150'000));
    Received first(f.up);
    first.body = first.socket.readExactly(100'000);
    caller.send(form.substr(150'000));
    Received received(second);
    CHECK(received.rest() == field("model", "whisper-1") + file(sound()) + kEnd);
    first.body += first.socket.readToEnd();  // cut
    CHECK(first.body.size() < first.length);
    CHECK_FALSE(contains(first.body, "mlx:"));
    received.answer("200 OK", kTimed);
    const RawResponse answer = caller.response();
    CHECK(answer.status == 200);
    const auto row = f.rowOf(answer);
    CHECK(member(row, "tags") == R"({"team":"ml"})");
    CHECK(member(row, "total_cost_usd") == "0.003");  // nobody is paid for half a request
    CHECK(row.root().find("data")->intAt("attempts") == 2);
    CHECK(statusesOf(f.traceOf(answer.header("X-Modelux-Request-Id"))) == "cancelled,ok");
    f.checkMoney();
  }

  TEST_CASE("a recording that turns out longer than its head let think is reserved for anew") {
    World f;
    f.budget();
    f.config("stt", "single", R"({"model":"up/whisper-1"})");
    // 100 bytes a second, which stands behind a chunk that takes long to come.
    const auto number = [](uint32_t n) {
      std::string bytes;
      for (int i = 0; i < 4; ++i) bytes += static_cast<char>(n >> 8 * i & 0xFFU);
      return bytes;
    };
    const std::string rates("\1\0\1\0\x64\0\0\0\x64\0\0\0\1\0\x08\0", 16);
    const std::string wav = "RIFF" + number(300'000) + "WAVEfmt " + number(16) + rates + "LIST" +
                            number(100'000) + std::string(100'000, 'l') + "data" + number(200'000) +
                            std::string(200'000, 'd');
    const std::string form = field("model", "@stt") + file(wav) + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 60'000));
    Received first(f.up);
    caller.send(form.substr(60'000));
    Received received(f.up);
    CHECK(received.rest() == field("model", "whisper-1") + file(wav) + kEnd);
    // Two thousand seconds at $0.006 a minute; 400 s would be what 750 bytes a second come to.
    CHECK(std::stod(f.budgetText("reserved_usd")) >= 0.2);
    received.answer("200 OK", kTimed);
    CHECK(caller.response().status == 200);
    f.checkMoney();
  }

  TEST_CASE("what rules may look at behind the file decides") {
    World f;
    ByHand second;
    f.provider("second", second.url());
    f.config("stt", "custom_rules",
             R"({"rules":[{"if":"request.temperature > 0.5","then":"second/whisper-1"},)"
             R"({"else":"up/whisper-1"}]})");
    const std::string form =
        field("model", "@stt") + file(sound()) + field("temperature", "0.9") + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form);
    Received received(second);
    received.rest();
    received.answer("200 OK", kTimed);
    CHECK(caller.response().status == 200);
  }

  TEST_CASE("a recording that is too long, or on another endpoint, is waited for") {
    GatewayOptions options = spoolingOptions();
    options.max_audio_bytes = 100'000;
    World f(std::move(options));
    const std::string form = field("model", "up/whisper-1") + file(sound()) + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form);
    CHECK(caller.response().status == 413);
    CHECK_FALSE(f.up.listener.waits(std::chrono::milliseconds(0)));
    RawSocket lost = f.call(form.size(), "", "/v1/models/x/audio/transcriptions");
    lost.send(form);
    CHECK(lost.response().status == 404);
  }

  TEST_CASE("an upload that breaks off leaves none of its bytes in the log") {
    World f;
    const std::string project = listAll(f.manage, "/projects", "id").at(0);
    REQUIRE(f.manage
                .patch(std::string(kBase) + "/projects/" + project,
                       R"({"settings":{"retain_payloads":true}})")
                .status == 200);
    const std::string form = file(sound()) + field("model", "up/whisper-1") + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 100'000));
    caller.close();
    const auto row = f.lastRow([](json::ValueRef found) { return found.intAt("status") == 499; });
    const std::string id(
        row.root().stringAt("id").value_or(row.root().stringAt("request_id").value_or("")));
    const Answer shown = f.manage.get(std::string(kBase) + "/logs/" + id);
    CHECK(shown.status == 200);
    CHECK_FALSE(contains(shown.body, "--X "));
  }

  TEST_CASE("the model behind the file: all of it is waited for") {
    World f;
    const std::string form = file(sound()) + field("model", "up/whisper-1") + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, form.size() - 1));
    CHECK_FALSE(f.up.listener.waits(std::chrono::milliseconds(50)));
    caller.send(form.substr(form.size() - 1));
    Received received(f.up);
    CHECK(received.rest() == file(sound()) + field("model", "whisper-1") + kEnd);
    received.answer("200 OK", kTimed);
    CHECK(caller.response().status == 200);
  }

  TEST_CASE(
      "a target that refuses in the midst is passed over, and the next has it from the start") {
    World f;
    f.budget();
    ByHand second;
    f.provider("second", second.url());
    f.config("stt", "fallback_chain", R"({"models":["up/whisper-1","second/whisper-1"]})");
    const std::string form = field("model", "@stt") + file(sound()) + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 100'000));
    Received first(f.up);
    first.answer("503 Service Unavailable", R"({"error":{"message":"no","code":"c"}})");
    // It may have been tired of waiting: the next need not.
    CHECK_FALSE(second.listener.waits(std::chrono::milliseconds(50)));
    caller.send(form.substr(100'000));
    Received received(second);
    CHECK(received.rest() == field("model", "whisper-1") + file(sound()) + kEnd);
    received.answer("200 OK", kTimed);
    const RawResponse answer = caller.response();
    CHECK(answer.body == kTimed);
    CHECK(statusesOf(f.traceOf(answer.header("X-Modelux-Request-Id"))) == "overloaded,ok");
    f.checkMoney();
  }

  TEST_CASE("an answer to what nobody has said yet is none") {
    World f;
    ByHand second;
    f.provider("second", second.url());
    f.config("stt", "fallback_chain", R"({"models":["up/whisper-1","second/whisper-1"]})");
    const std::string form = field("model", "@stt") + file(sound()) + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 100'000));
    Received first(f.up);
    first.answer("200 OK", R"({"text":"made up"})");
    CHECK(first.socket.readToEnd().size() < first.length);
    caller.send(form.substr(100'000));
    Received received(second);
    received.rest();
    received.answer("200 OK", kTimed);
    const RawResponse answer = caller.response();
    CHECK(answer.body == kTimed);
    CHECK(member(f.rowOf(answer), "total_cost_usd") == "0.003");
  }

  TEST_CASE("a caller who leaves in the midst ends the call, and owes nothing") {
    World f;
    f.budget();
    f.config("stt", "single", R"({"model":"up/whisper-1"})");
    const std::string form = field("model", "@stt") + file(sound()) + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 100'000));
    Received received(f.up);
    received.body = received.socket.readExactly(80'000);
    caller.close();
    received.body += received.socket.readToEnd();
    CHECK(received.body.size() < received.length);
    const auto row = f.lastRow([](json::ValueRef found) { return found.intAt("status") == 499; });
    CHECK(row.root().find("total_cost_usd")->text() == "null");
    f.checkMoney();
  }

  TEST_CASE("a form that turns out to be none is refused, and its call ends") {
    World f;
    f.budget();
    f.config("stt", "single", R"({"model":"up/whisper-1"})");
    const std::string start = field("model", "@stt") + file(sound());
    const std::string tail = "--XX\r\nContent-Disposition: attachment\r\n\r\nx\r\n" + kEnd;
    RawSocket caller = f.call(start.size() + tail.size());
    caller.send(start);
    Received received(f.up);
    received.body = received.socket.readExactly(100'000);
    caller.send(tail);
    const RawResponse answer = caller.response();
    CHECK(answer.status == 400);
    CHECK(contains(answer.body, "invalid_multipart"));
    received.body += received.socket.readToEnd();
    CHECK(received.body.size() < received.length);
    f.checkMoney();
  }

  TEST_CASE("who is refused hears it before all is sent, and the connection ends") {
    World f;
    const std::string form = field("model", "nowhere/whisper-1") + file(sound()) + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 100'000));
    const RawResponse refused = caller.response();
    CHECK(refused.status == 400);
    CHECK(refused.header("Connection") == "close");
    REQUIRE(f.manage
                .post(std::string(kBase) + "/budgets",
                      R"({"name":"small","scope":"organization","cap_usd":0.0001,)"
                      R"("period":"monthly"})")
                .status == 201);
    f.config("stt", "single", R"({"model":"up/whisper-1"})");
    const std::string costly = field("model", "@stt") + file(sound()) + kEnd;
    RawSocket poor = f.call(costly.size());
    poor.send(costly.substr(0, 100'000));
    const RawResponse broke = poor.response();
    CHECK(broke.status == 402);
    CHECK(contains(broke.body, "budget_exceeded"));
    CHECK_FALSE(f.up.listener.waits(std::chrono::milliseconds(0)));
  }

  TEST_CASE("guardrails see all of a form before any of it leaves") {
    World f;
    const std::string project = listAll(f.manage, "/projects", "id").at(0);
    REQUIRE(
        f.manage
            .patch(std::string(kBase) + "/projects/" + project,
                   R"({"settings":{"guardrails":[{"name":"k","kind":"keywords","where":"input",)"
                   R"("action":"block","keywords":["secret"]}]}})")
            .status == 200);
    const std::string form =
        field("model", "up/whisper-1") + file(sound()) + field("prompt", "the secret") + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form);
    CHECK(caller.response().status == 403);
    CHECK_FALSE(f.up.listener.waits(std::chrono::milliseconds(0)));
  }

  TEST_CASE("transcripts stream of a recording that was streamed") {
    World f;
    const std::string form =
        field("model", "up/gpt-4o-transcribe") + field("stream", "true") + file(sound()) + kEnd;
    RawSocket caller = f.call(form.size());
    caller.send(form.substr(0, 100'000));
    Received received(f.up);
    received.body = received.socket.readExactly(80'000);
    caller.send(form.substr(100'000));
    received.rest();
    const std::string events =
        "data: {\"type\":\"transcript.text.delta\",\"delta\":\"hi\"}\n\n"
        "data: {\"type\":\"transcript.text.done\",\"text\":\"hi\"}\n\n";
    received.socket.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: " +
                         std::to_string(events.size()) + "\r\n\r\n" + events);
    CHECK(caller.response().body == events);
  }
}
