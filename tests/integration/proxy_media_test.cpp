// Images, sound and moderation over real sockets: what goes up, what comes back, what it costs.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

const std::string kFormType = "multipart/form-data; boundary=XX";

std::string field(const std::string& name, const std::string& value) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}
std::string file(const std::string& name, const std::string& bytes) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name +
         "\"; filename=\"a.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\n" + bytes + "\r\n";
}
std::string form(const std::string& parts) { return parts + "--XX--\r\n"; }

FakeUpstream::Script bytes(const std::string& type, const std::string& body) {
  return [type, body](const http::ExchangePtr& exchange) {
    exchange->respond({200, type, body, {}});
  };
}

// Answers in two pieces, then breaks off.
void cutSound(const http::ExchangePtr& exchange) {
  exchange->start({200, "audio/mpeg", "", {}});
  exchange->write("ID3one");
  exchange->write("two");
  exchange->abort();
}

// A gateway with one provider `up`.
struct World : Routed {
  explicit World(FakeUpstream::Script script, GatewayOptions options = unlimitedOptions())
      : Routed(std::move(options)), up(std::move(script)) {
    provider("up", up.baseUrl());
  }
  Answer json(const std::string& path, const std::string& body) { return proxy.post(path, body); }
  Answer send(const std::string& path, const std::string& body,
              const std::string& type = kFormType) {
    httplib::Client client(gateway.proxyUrl());
    client.set_read_timeout(20);
    const auto result =
        client.Post(path, {{"Authorization", "Bearer " + gateway.projectKey()}}, body, type);
    if (!result) return {};
    return {result->status, result->body, result->headers};
  }
  Answer speak(const std::string& model = "up/tts-1", const std::string& more = "") {
    return json("/v1/audio/speech",
                R"({"model":")" + model + R"(","voice":"alloy","input":"hello")" + more + "}");
  }
  Answer transcribe(const std::string& model = "up/whisper-1", const std::string& more = "",
                    const std::string& sound = std::string(1'500, 'x')) {
    return send("/v1/audio/transcriptions",
                form(field("model", model) + more + file("file", sound)));
  }
  json::Document rowOf(const Answer& answer) {
    return parsed(
        manage.get(std::string(kBase) + "/logs/" + answer.header("X-Modelux-Request-Id")).body);
  }
  // In nano-dollars.
  int64_t cost(const Answer& answer) {
    const auto row = rowOf(answer);
    const auto found = row.root().find("data")->find("total_cost_usd");
    return found ? std::llround(found->asDouble().value_or(-1) * 1e9) : -1;
  }

  FakeUpstream up;
};

std::string param(const Answer& answer) {
  const auto document = parsed(answer.body);
  return std::string(document.root().find("error")->stringAt("param").value_or(""));
}

const std::string kTimed = R"({"text":"hi","usage":{"type":"duration","seconds":30}})";

}  // namespace

TEST_SUITE("proxy/media") {
  TEST_CASE("every JSON endpoint goes up as it came, under both bases") {
    World f(answering(R"({"created":1,"data":[],"results":[]})"));
    for (const std::string base : {"/v1", "/openai/v1"}) {
      const Answer image =
          f.json(base + "/images/generations",
                 R"({"model":"up/gpt-image-1","prompt":"x", "new":[1],"mlx:tags":{}})");
      CHECK(image.status == 200);
      CHECK(image.header("X-Modelux-Provider-Used") == "openai");
      CHECK(image.header("X-Modelux-Model-Used") == "gpt-image-1");
      CHECK(image.header("X-Modelux-Cache") == "MISS");
      CHECK(f.json(base + "/moderations", R"({"model":"up/omni-moderation-latest","input":["a"]})")
                .status == 200);
    }
    const auto seen = f.up.seen();
    CHECK(seen[0].target == "/v1/images/generations");
    CHECK(seen[0].body == R"({"model":"gpt-image-1","prompt":"x", "new":[1]})");
    CHECK(seen[0].header("authorization") == "Bearer sk-1234567890");
    CHECK(seen[1].target == "/v1/moderations");
    CHECK(seen[1].body == R"({"model":"omni-moderation-latest","input":["a"]})");
  }

  TEST_CASE("speech comes back as bytes, with its type") {
    const std::string sound("ID3\0\xFF\r\n\r\n", 9);
    World f(bytes("audio/mpeg", sound));
    const Answer answer = f.speak();
    CHECK(answer.status == 200);
    CHECK(answer.body == sound);
    CHECK(answer.header("Content-Type") == "audio/mpeg");
    CHECK(answer.header("X-Modelux-Model-Used") == "tts-1");
    CHECK(f.up.seen()[0].body == R"({"model":"tts-1","voice":"alloy","input":"hello"})");
    CHECK(f.cost(answer) == 75'000);  // 5 characters at $15 a million
  }

  TEST_CASE("speech arrives while it is being made") {
    SilentUpstream slow;
    World f(answering("{}"));
    f.provider("slow", slow.upstream.baseUrl());
    std::string first;
    httplib::Client client(f.gateway.proxyUrl());
    client.set_read_timeout(20);
    std::thread caller([&] {
      httplib::Request request;
      request.method = "POST";
      request.path = "/v1/audio/speech";
      request.headers = {{"Authorization", "Bearer " + f.gateway.projectKey()}};
      request.body = R"({"model":"slow/tts-1","voice":"v","input":"x"})";
      request.content_receiver = [&](const char* data, size_t size, uint64_t, uint64_t) {
        first.assign(data, size);
        return false;  // leaves, with the upstream in mid-answer
      };
      client.send(request);
    });
    REQUIRE(slow.held.wait(1));
    slow.held.answer([](const http::ExchangePtr& exchange) {
      exchange->start({200, "audio/mpeg", "", {}});
      exchange->write("ID3");  // and nothing more: the caller must have this
      const auto kept = std::make_shared<http::ExchangePtr>(exchange);
      exchange->onGone([kept] { kept->reset(); });
    });
    caller.join();
    CHECK(first == "ID3");
    client.stop();
    const auto row = f.lastRow([](json::ValueRef found) { return found.intAt("status") == 499; });
    CHECK(row.root().stringAt("endpoint") == "audio.speech");
  }

  TEST_CASE("speech that breaks off is cut, not ended, and paid for") {
    World f(cutSound);
    f.budget();
    const Answer answer = f.speak();
    CHECK(answer.status == 0);  // httplib takes a cut answer for none
    const auto row = f.lastRow([](json::ValueRef found) { return found.intAt("status") == 502; });
    CHECK(std::llround(row.root().find("total_cost_usd")->asDouble().value_or(0) * 1e9) == 75'000);
  }

  TEST_CASE("an upstream that breaks before its first byte is passed over") {
    World f([](const http::ExchangePtr& exchange) {
      exchange->start({200, "audio/mpeg", "", {}});
      exchange->abort();
    });
    FakeUpstream second(bytes("audio/mpeg", "sound"));
    f.provider("second", second.baseUrl());
    f.budget();
    f.config("voice", "fallback_chain", R"({"models":["up/tts-1","second/tts-1-hd"]})");
    const Answer answer = f.speak("@voice");
    CHECK(answer.body == "sound");
    CHECK(answer.header("X-Modelux-Model-Used") == "tts-1-hd");
    f.checkMoney();
  }

  TEST_CASE("5xx, 429 and JSON where sound is due go to the next, a refusal does not") {
    for (const int status : {500, 503, 429, 200}) {
      World f([status](const http::ExchangePtr& exchange) { fail(exchange, status); });
      FakeUpstream second(bytes("audio/mpeg", "sound"));
      f.provider("second", second.baseUrl());
      f.config("voice", "fallback_chain", R"({"models":["up/tts-1","second/tts-1"]})");
      CHECK(f.speak("@voice").body == "sound");
    }
    World f([](const http::ExchangePtr& exchange) { fail(exchange, 400); });
    FakeUpstream second(bytes("audio/mpeg", "sound"));
    f.provider("second", second.baseUrl());
    f.config("voice", "fallback_chain", R"({"models":["up/tts-1","second/tts-1"]})");
    CHECK(f.speak("@voice").status == 400);
    CHECK(second.seen().empty());
  }

  TEST_CASE("speech as events passes through, and its tokens are billed") {
    const std::string delta = R"({"type":"speech.audio.delta","audio":"AAAA"})";
    const std::string done =
        R"({"type":"speech.audio.done","usage":{"input_tokens":10,"output_tokens":100,)"
        R"("total_tokens":110}})";
    World f(streaming({delta, done}));
    const Answer answer = f.speak("up/gpt-4o-mini-tts", R"(,"stream_format":"sse")");
    CHECK(answer.header("Content-Type") == "text/event-stream");
    CHECK(answer.body == "data: " + delta + "\n\ndata: " + done + "\n\n");
    CHECK(f.cost(answer) == 1'206'000);  // 10 x $0.6 and 100 x $12 a million
  }

  TEST_CASE("images stream, and a cut stream ends with an error") {
    const std::string partial = R"({"type":"image_generation.partial_image","b64_json":"x"})";
    const std::string completed =
        R"({"type":"image_generation.completed","b64_json":"y","usage":{"input_tokens":5,)"
        R"("output_tokens":100,"total_tokens":105}})";
    const std::string ask = R"({"model":"up/gpt-image-1","prompt":"x","stream":true})";
    World f(streaming({partial, completed}));
    const Answer whole = f.json("/v1/images/generations", ask);
    CHECK(whole.body == "data: " + partial + "\n\ndata: " + completed + "\n\n");
    CHECK(f.cost(whole) == 4'025'000);  // 5 x $5 and 100 x $40 a million
    World g(streaming({partial}));
    const Answer cut = g.json("/v1/images/generations", ask);
    CHECK(cut.body.starts_with("data: " + partial + "\n\ndata: {\"error\":"));
    CHECK(contains(cut.body, "upstream_stream_broken"));
  }

  TEST_CASE("images are paid by the piece, as many as came, or by their tokens") {
    World f(answering(R"({"created":1,"data":[{"url":"https://x/1"},{"url":"https://x/2"}]})"));
    f.budget();
    f.config("draw", "single", R"({"model":"up/dall-e-2"})");
    const Answer two = f.json("/v1/images/generations", R"({"model":"@draw","prompt":"x","n":3})");
    CHECK(two.header("X-Modelux-Cost-Usd") == "0.040000");
    f.checkMoney();
    World g(answering(
        R"({"data":[{"b64_json":"x"}],"usage":{"input_tokens":20,"output_tokens":1056,)"
        R"("total_tokens":1076,"input_tokens_details":{"text_tokens":5,"image_tokens":15}}})"));
    const Answer edit = g.send(
        "/v1/images/edits",
        form(field("model", "up/gpt-image-1") + field("prompt", "x") + file("image[]", "png")));
    // 5 x $5, 15 x $10 and 1,056 x $40 a million
    CHECK(g.cost(edit) == 42'415'000);
  }

  TEST_CASE("a form goes up with its model rewritten, its boundary and its length") {
    World f(answering(kTimed));
    std::string sound("ID3\0\xFF\r\n--X\r\n", 13);
    sound += std::string(100'000, 'x');  // more than one read of a socket
    const std::string rest = field("language", "en") + file("file", sound);
    const Answer answer =
        f.send("/openai/v1/audio/transcriptions",
               form(field("mlx:tags[team]", "ml") + field("model", "up/whisper-1") +
                    field("mlx:end_user", "u1") + rest));
    CHECK(answer.status == 200);
    CHECK(answer.body == kTimed);
    const Seen seen = f.up.seen().at(0);
    CHECK(seen.target == "/v1/audio/transcriptions");
    CHECK(seen.header("content-type") == kFormType);
    CHECK(seen.body == form(field("model", "whisper-1") + rest));
    CHECK(seen.header("content-length") == std::to_string(seen.body.size()));
    CHECK(f.cost(answer) == 3'000'000);  // half a minute at $0.006
    const auto row = f.lastRow([](json::ValueRef) { return true; });
    CHECK(row.root().stringAt("end_user") == "u1");
    CHECK(row.root().find("tags")->text() == R"({"team":"ml"})");
  }

  TEST_CASE("a form goes up again to the next target") {
    World f([](const http::ExchangePtr& exchange) { fail(exchange, 503); });
    FakeUpstream second(answering(kTimed));
    f.provider("second", second.baseUrl());
    f.config("stt", "fallback_chain", R"({"models":["up/whisper-1","second/whisper-large"]})");
    CHECK(f.transcribe("@stt").status == 200);
    const std::string sound = file("file", std::string(1'500, 'x'));
    CHECK(f.up.seen()[0].body == form(field("model", "whisper-1") + sound));
    CHECK(second.seen()[0].body == form(field("model", "whisper-large") + sound));
  }

  TEST_CASE("an answer that breaks off, or a provider that is not there, is no answer") {
    World f([](const http::ExchangePtr& exchange) {
      exchange->start({200, "application/json", "", {}});
      exchange->write(R"({"text":"hal)");
      exchange->abort();
    });
    std::string nobody;
    {
      FakeUpstream gone(answering("{}"));
      nobody = gone.baseUrl();
    }
    FakeUpstream second(answering(kTimed));
    f.provider("nobody", nobody);
    f.provider("second", second.baseUrl());
    f.budget();
    f.config("stt", "fallback_chain",
             R"({"models":["nobody/whisper-1","up/whisper-1","second/whisper-1"]})");
    const Answer answer = f.transcribe("@stt");
    CHECK(answer.body == kTimed);
    CHECK(statusesOf(f.traceOf(answer)) == "transport,transport,ok");
    f.checkMoney();
  }

  TEST_CASE("a transcription without a model is whisper's") {
    World f(answering(kTimed));
    f.provider("openai", f.up.baseUrl());
    CHECK(f.send("/v1/audio/transcriptions", form(file("file", "x"))).status == 200);
    CHECK(f.up.seen()[0].body == form(field("model", "whisper-1") + file("file", "x")));
    CHECK(f.json("/v1/moderations", R"({"input":"x"})").status == 200);
    CHECK(f.up.seen()[1].body == R"({"input":"x","model":"omni-moderation-latest"})");
  }

  TEST_CASE("bare names find OpenAI") {
    World f(answering(R"({"data":[],"results":[]})"));
    CHECK(f.json("/v1/images/generations", R"({"model":"gpt-image-1","prompt":"x"})").status ==
          200);
    CHECK(f.json("/v1/moderations", R"({"model":"omni-moderation-latest","input":"x"})").status ==
          200);
    CHECK(f.json("/v1/images/generations", R"({"model":"flux","prompt":"x"})").status == 400);
  }

  TEST_CASE("subtitles and text come back as they are") {
    World f(bytes("text/plain; charset=utf-8", "1\n00:00 --> 00:01\nhi\n"));
    const Answer answer = f.transcribe("up/whisper-1", field("response_format", "srt"));
    CHECK(answer.body == "1\n00:00 --> 00:01\nhi\n");
    CHECK(answer.header("Content-Type") == "text/plain; charset=utf-8");
    CHECK(f.cost(answer) == 75'000);                    // by the file: 1,500 bytes at 16 kbit/s
    CHECK(f.transcribe("up/whisper-1").status == 502);  // no JSON where JSON is due
  }

  TEST_CASE("transcripts stream, and models that cannot stream answer whole") {
    const std::string delta = R"({"type":"transcript.text.delta","delta":"hi"})";
    const std::string done = R"({"type":"transcript.text.done","text":"hi"})";
    World f(streaming({delta, done}));
    CHECK(f.transcribe("up/gpt-4o-transcribe", field("stream", "true")).body ==
          "data: " + delta + "\n\ndata: " + done + "\n\n");
    World g(answering(kTimed));
    CHECK(g.transcribe("up/whisper-1", field("stream", "true")).body == kTimed);
  }

  TEST_CASE("errors are in OpenAI's words and name the field") {
    World f(answering("{}"));
    const Answer missing = f.json("/v1/audio/speech", R"({"model":"up/tts-1"})");
    CHECK(missing.status == 400);
    CHECK(errorCode(missing) == "missing_field");
    CHECK(param(missing) == "input");
    CHECK(param(f.json("/v1/images/generations", R"({"model":"up/x"})")) == "prompt");
    CHECK(param(f.send("/v1/audio/transcriptions", form(field("model", "up/x")))) == "file");
    CHECK(errorCode(f.send("/v1/audio/transcriptions", "{}", "application/json")) ==
          "invalid_content_type");
    CHECK(errorCode(f.send("/v1/images/edits", "--XX\r\nrubbish")) == "invalid_multipart");
    CHECK(f.up.seen().empty());
  }

  TEST_CASE("a recording has a limit that can be set") {
    GatewayOptions options = unlimitedOptions();
    options.max_audio_bytes = 1'000;
    World f(answering(kTimed), std::move(options));
    CHECK(f.transcribe("up/whisper-1", "", std::string(1'000, 'x')).status == 200);
    const Answer large = f.transcribe("up/whisper-1", "", std::string(1'001, 'x'));
    CHECK(large.status == 413);
    CHECK(param(large) == "file");
  }

  TEST_CASE("policies that make one answer of several are refused") {
    World f(bytes("audio/mpeg", "sound"));
    f.config("both", "ensemble",
             R"({"aggregation":"weighted_vote","members":["up/tts-1","up/tts-1-hd"]})");
    f.config("up-to", "cascade",
             R"({"steps":[{"model":"up/tts-1","accept":{"min_length":5}},"up/tts-1-hd"]})");
    for (const char* config : {"@both", "@up-to"}) {
      const Answer answer = f.speak(config);
      CHECK(answer.status == 400);
      CHECK(errorCode(answer) == "policy_not_supported");
      CHECK(param(answer) == "model");
    }
    CHECK(f.up.seen().empty());
  }

  TEST_CASE("providers without the endpoint are passed over, or say so") {
    World f(bytes("audio/mpeg", "sound"));
    f.provider("claude", f.up.baseUrl(), "", "anthropic");
    CHECK(f.speak("claude/claude-sonnet-4-5").status == 422);
    f.config("voice", "fallback_chain", R"({"models":["claude/claude-sonnet-4-5","up/tts-1"]})");
    CHECK(f.speak("@voice").body == "sound");
  }

  TEST_CASE("a budget that a request could break refuses it before the provider is asked") {
    World f(bytes("audio/mpeg", "sound"));
    REQUIRE(
        f.manage
            .post(std::string(kBase) + "/budgets",
                  R"({"name":"small","scope":"organization","cap_usd":0.0001,"period":"monthly"})")
            .status == 201);
    f.config("voice", "single", R"({"model":"up/tts-1"})");
    const Answer first = f.speak("@voice");  // $0.000075 of $0.0001
    CHECK(first.status == 200);
    CHECK(first.header("X-Modelux-Budget-Name") == "small");
    const Answer second = f.speak("@voice");
    CHECK(second.status == 402);
    CHECK(contains(second.body, "budget_exceeded"));
    CHECK(f.up.seen().size() == 1);
  }

  TEST_CASE("what was reserved for a recording is given back when its length is known") {
    World f(answering(kTimed));
    f.budget();
    f.config("stt", "single", R"({"model":"up/whisper-1"})");
    const Answer answer = f.transcribe("@stt", "", std::string(200'000, 'x'));
    CHECK(answer.header("X-Modelux-Cost-Usd") == "0.003000");
    f.checkMoney();
    const auto row = f.rowOf(answer);
    CHECK(row.root().find("data")->find("cost")->stringAt("settlement") == "settled");
    CHECK(row.root().find("data")->find("usage")->intAt("audio_ms") == 30'000);
  }

  TEST_CASE("a model without a price goes by the project's policy") {
    World f(bytes("audio/mpeg", "sound"));
    const std::string project = listAll(f.manage, "/projects", "id").at(0);
    const auto policy = [&](const std::string& name) {
      CHECK(f.manage
                .patch(std::string(kBase) + "/projects/" + project,
                       R"({"settings":{"unknown_model_policy":")" + name + R"("}})")
                .status == 200);
    };
    policy("deny");
    CHECK(f.speak("up/own-voice").status == 403);
    policy("free");
    CHECK(f.cost(f.speak("up/own-voice")) == 0);
    policy("ceiling");
    CHECK(f.cost(f.speak("up/own-voice")) > 0);
    CHECK(f.manage
              .post(std::string(kBase) + "/prices",
                    R"({"provider":"up","model":"own-voice","pricing":{"character":0.00001}})")
              .status == 201);
    CHECK(f.cost(f.speak("up/own-voice")) == 50'000);
  }

  TEST_CASE("callers who leave stop the upstream, and nothing stays reserved") {
    World f(answering("{}"));
    SilentUpstream silent;
    f.provider("silent", silent.upstream.baseUrl());
    f.budget();
    f.config("stt", "single", R"({"model":"silent/whisper-1"})");
    httplib::Client client(f.gateway.proxyUrl());
    std::thread caller([&] {
      client.Post("/v1/audio/transcriptions",
                  {{"Authorization", "Bearer " + f.gateway.projectKey()}},
                  form(field("model", "@stt") + file("file", "x")), kFormType);
    });
    REQUIRE(silent.held.wait(1));
    client.stop();
    caller.join();
    CHECK(silent.upstream.waitGone(1));
    f.lastRow([](json::ValueRef found) { return found.intAt("status") == 499; });
    f.checkMoney();
  }

  TEST_CASE("guardrails read prompts in JSON and in forms, and transcripts") {
    World f(answering(R"({"text":"mail ada@example.com","data":[]})"));
    const std::string project = listAll(f.manage, "/projects", "id").at(0);
    REQUIRE(f.manage
                .patch(std::string(kBase) + "/projects/" + project,
                       R"({"settings":{"guardrails":[{"name":"pii","kind":"pii","where":"both",)"
                       R"("action":"redact"}]}})")
                .status == 200);
    CHECK(
        f.json("/v1/images/generations", R"({"model":"up/gpt-image-1","prompt":"ada@example.com"})")
            .status == 200);
    CHECK_FALSE(contains(f.up.seen()[0].body, "ada@example.com"));
    const Answer heard = f.transcribe("up/whisper-1", field("prompt", "ada@example.com"));
    CHECK(heard.status == 200);
    CHECK_FALSE(contains(heard.body, "ada@example.com"));
    CHECK_FALSE(contains(f.up.seen()[1].body, "ada@example.com"));
    CHECK(contains(f.up.seen()[1].body, std::string(1'500, 'x')));
    const Answer streamed = f.transcribe("up/whisper-1", field("stream", "true"));
    CHECK(streamed.status == 400);
    CHECK(param(streamed) == "stream");
  }

  TEST_CASE("payloads that are kept name files, and hold no sound") {
    World f(answering(kTimed));
    const std::string project = listAll(f.manage, "/projects", "id").at(0);
    REQUIRE(f.manage
                .patch(std::string(kBase) + "/projects/" + project,
                       R"({"settings":{"retain_payloads":true}})")
                .status == 200);
    const Answer answer = f.transcribe();
    const Answer row =
        f.manage.get(std::string(kBase) + "/logs/" + answer.header("X-Modelux-Request-Id"));
    CHECK(contains(row.body, "1500"));
    CHECK_FALSE(contains(row.body, "xxxxxxxx"));
  }

  TEST_CASE("no media route goes without a key") {
    World f(answering("{}"));
    Api stranger(f.gateway.proxyUrl(), "");
    for (const char* path :
         {"/moderations", "/images/generations", "/images/edits", "/images/variations",
          "/audio/speech", "/audio/transcriptions", "/audio/translations"}) {
      CHECK(stranger.post("/v1" + std::string(path), "{}").status == 401);
      CHECK(stranger.post("/openai/v1" + std::string(path), "{}").status == 401);
    }
    CHECK(f.up.seen().empty());
  }
}
