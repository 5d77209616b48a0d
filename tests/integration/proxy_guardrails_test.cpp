// Guardrails of a project as callers of the proxy meet them.
#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"
#include "support/fake_upstream.h"
#include "support/raw_socket.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string chunk(const std::string& choice, const std::string& more = "") {
  return R"(data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[)" +
         choice + "]" + more + "}\n\n";
}

// A stream that says it in pieces of three bytes.
void stream(const http::ExchangePtr& exchange, const std::string& said) {
  exchange->start({200, "text/event-stream", "", {}});
  for (size_t at = 0; at < said.size(); at += 3) {
    std::string delta;
    json::Writer w(delta);
    w.beginObject().field("content", said.substr(at, 3)).endObject();
    exchange->write(chunk(R"({"index":0,"delta":)" + delta + R"(,"finish_reason":null})"));
  }
  exchange->write(chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})"));
  exchange->write(
      chunk("", R"(,"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})"));
  exchange->write("data: [DONE]\n\n");
  exchange->finish();
}

// Says the last message back.
void echo(const http::ExchangePtr& exchange) {
  const auto body = json::parse(exchange->request().body);
  const auto messages = *body->root().find("messages");
  const std::string said(messages.at(messages.size() - 1).stringAt("content").value_or(""));
  if (const auto streams = body->root().find("stream"); streams && streams->asBool() == true) {
    return stream(exchange, said);
  }
  std::string out;
  json::Writer w(out);
  w.beginObject().field("id", "1").field("object", "chat.completion").field("model", "m");
  w.field("created", 1).key("choices").beginArray().beginObject().field("index", 0);
  w.key("message").beginObject().field("role", "assistant").field("content", said).endObject();
  w.field("finish_reason", "stop").endObject().endArray();
  w.rawField("usage", R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})");
  w.endObject();
  exchange->respond({200, "application/json", out, {}});
}

struct Guarded {
  FakeUpstream upstream;
  Gateway gateway = quietGateway();

  explicit Guarded(const std::string& rules, FakeUpstream::Script script = echo)
      : upstream(std::move(script)) {
    Api api = manageOf(gateway);
    const Answer added =
        api.post("/manage/v1/providers",
                 R"({"verify":false,"vendor":"openai","name":"up","private":true,"api_key":)"
                 R"("sk-1234567890","base_url":")" +
                     upstream.baseUrl() + R"("})");
    REQUIRE_MESSAGE(added.status == 201, added.body);
    const std::string project = listAll(api, "/projects", "id").at(0);
    const Answer set =
        api.patch("/manage/v1/projects/" + project, R"({"settings":{"guardrails":)" + rules + "}}");
    REQUIRE_MESSAGE(set.status == 200, set.body);
  }

  Answer chat(const std::string& text, const std::string& more = "") {
    return proxyOf(gateway).post(
        "/v1/chat/completions",
        R"({"model":"up/m","messages":[{"role":"user","content":")" + text + "\"}]" + more + "}");
  }
};

uint16_t portOf(const std::string& url) {
  return static_cast<uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
}

}  // namespace

TEST_SUITE("proxy/guardrails") {
  TEST_CASE("what is redacted never reaches the provider, nor the log") {
    Guarded guarded(R"([{"name":"pii","kind":"pii","where":"input","action":"redact"}])");
    const Answer answer = guarded.chat("write to canary@example.com today");
    CHECK(answer.status == 200);
    CHECK(contains(guarded.upstream.seen().at(0).body, "[REDACTED:EMAIL]"));
    CHECK_FALSE(contains(guarded.upstream.seen().at(0).body, "canary@example.com"));
    CHECK_FALSE(contains(answer.body, "canary@example.com"));
  }

  TEST_CASE("what is blocked is answered 403 in the caller's dialect, without a call") {
    Guarded guarded(R"([{"name":"no-keys","kind":"secrets","where":"input","action":"block"},)"
                    R"({"name":"small","kind":"models","where":"input","action":"block",)"
                    R"("deny":["*-large"]}])");
    const Answer blocked = guarded.chat("my key is ghp_abcdefghijklmnopqrstuvwxyz0123456789");
    CHECK(blocked.status == 403);
    CHECK(contains(blocked.body, "blocked_by_guardrail"));
    CHECK_FALSE(contains(blocked.body, "ghp_"));
    const Answer model = proxyOf(guarded.gateway)
                             .post("/anthropic/v1/messages",
                                   R"({"model":"up/very-large","max_tokens":9,"messages":[)"
                                   R"({"role":"user","content":"hi"}]})");
    CHECK(model.status == 403);
    CHECK(contains(model.body, R"("type":"permission_error")"));
    CHECK(guarded.upstream.seen().empty());
    CHECK(guarded.chat("nothing to see").status == 200);
  }

  TEST_CASE("a request's trace says what its guardrails found, and never the text") {
    Guarded guarded(R"([{"name":"mail","kind":"pii","where":"input","action":"redact"},)"
                    R"({"name":"no-keys","kind":"secrets","where":"input","action":"block"},)"
                    R"({"name":"words","kind":"keywords","where":"output","action":"flag",)"
                    R"("keywords":["zanzibar"]}])");
    Api api = manageOf(guarded.gateway);
    const auto traceOf = [&api](const Answer& answer) {
      const std::string id = answer.header("X-Modelux-Request-Id");
      return api.get("/manage/v1/logs/" + id + "/trace").body;
    };
    const std::string served = traceOf(guarded.chat("canary@example.com, to Zanzibar"));
    CHECK_MESSAGE(contains(served, R"("guardrails":[{"rule":"mail","kind":"EMAIL",)"
                                   R"("place":"/messages/0/content","action":"redact","count":1},)"
                                   R"({"rule":"words","kind":"WORDS",)"),
                  served);
    CHECK(contains(served, R"("decision":"attempt_1")"));
    CHECK_FALSE(contains(served, "canary"));
    const std::string blocked =
        traceOf(guarded.chat("my key is ghp_abcdefghijklmnopqrstuvwxyz0123456789"));
    CHECK_MESSAGE(contains(blocked, R"("decision":"blocked","reason":"blocked_by_guardrail")"),
                  blocked);
    CHECK(contains(blocked, R"({"rule":"no-keys","kind":"GITHUB)"));
    CHECK_FALSE(contains(blocked, "ghp_"));
  }

  TEST_CASE("answers are checked, whole ones and streams as they pass") {
    Guarded guarded(
        R"([{"name":"words","kind":"keywords","where":"output","action":"redact",)"
        R"("keywords":["zanzibar"]},{"name":"never","kind":"keywords","where":"output",)"
        R"("action":"block","keywords":["forbidden"]}])");
    const Answer whole = guarded.chat("to Zanzibar we go");
    CHECK(whole.status == 200);
    CHECK(contains(whole.body, "to [REDACTED:WORDS] we go"));
    const Answer stream = guarded.chat("to Zanzibar we go", R"(,"stream":true)");
    CHECK(stream.status == 200);
    CHECK(contains(stream.body, "[REDACTED:WORDS]"));
    CHECK(contains(stream.body, "data: [DONE]"));
    CHECK_FALSE(contains(stream.body, "bar"));
    CHECK(guarded.chat("forbidden", R"(,"stream":true)").status == 403);
    // Several choices are taken whole.
    const Answer choices = guarded.chat("to Zanzibar", R"(,"stream":true,"n":2)");
    CHECK(contains(choices.body, "[REDACTED:WORDS]"));
    const Answer anthropic =
        proxyOf(guarded.gateway)
            .post("/anthropic/v1/messages",
                  R"({"model":"up/m","max_tokens":9,"stream":true,"messages":[)"
                  R"({"role":"user","content":"to Zanzibar we go"}]})");
    CHECK(contains(anthropic.body, "[REDACTED:WORDS]"));
    CHECK(contains(anthropic.body, "event: message_stop"));
  }

  TEST_CASE("a stream is blocked where it says what it must not, and is paid for") {
    Guarded guarded(R"([{"name":"never","kind":"keywords","where":"output","action":"block",)"
                    R"("keywords":["forbidden"]}])");
    const Answer blocked = guarded.chat("first this, then forbidden words", R"(,"stream":true)");
    CHECK(blocked.status == 200);
    CHECK(contains(blocked.body, "fir"));
    CHECK(contains(blocked.body, R"("code":"blocked_by_guardrail")"));
    CHECK_FALSE(contains(blocked.body, "[DONE]"));
    CHECK_FALSE(contains(blocked.body, "for"));
    CHECK(guarded.upstream.seen().size() == 1);  // nobody else is asked to say it
    Api api = manageOf(guarded.gateway);
    const Answer logs = api.get("/manage/v1/logs");
    CHECK(contains(logs.body, R"("error_class":"blocked_by_guardrail")"));
    CHECK(dataText(api.get("/manage/v1/providers/up/health"), "state") == "healthy");
  }

  TEST_CASE("a guarded stream flows: the caller has its beginning before the provider has ended") {
    http::ExchangePtr held;
    Guarded guarded(
        R"([{"name":"pii","kind":"pii","where":"output","action":"redact"}])",
        [&](const http::ExchangePtr& exchange) {
          held = exchange;
          exchange->start({200, "text/event-stream", "", {}});
          exchange->write(
              chunk(R"({"index":0,"delta":{"content":"Hello there. "},"finish_reason":null})"));
        });
    RawSocket client = RawSocket::connect(portOf(guarded.gateway.proxyUrl()));
    const std::string body =
        R"({"model":"up/m","stream":true,"messages":[{"role":"user","content":"x"}]})";
    client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " +
                guarded.gateway.projectKey() +
                "\r\nContent-Type: application/json\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    CHECK(contains(client.readUntil("Hello there. "), "200 OK"));
    guarded.upstream.stop();
    held.reset();
  }

  TEST_CASE("a webhook has the last word, on requests and on answers") {
    FakeUpstream hook([](const http::ExchangePtr& exchange) {
      const std::string asked(exchange->request().body);
      const bool bad = contains(asked, "something bad");
      const bool output = contains(asked, R"("phase":"output")");
      exchange->respond({200,
                         "application/json",
                         bad ? R"({"action":"block","reason":"no"})"
                             : (output ? R"({"action":"redact","replacement":"as told"})"
                                       : R"({"action":"allow"})"),
                         {}});
    });
    Guarded guarded(R"([{"name":"ours","kind":"webhook","where":"both","private":true,"url":")" +
                    hook.baseUrl() + R"("}])");
    CHECK(guarded.chat("something bad").status == 403);
    CHECK(guarded.upstream.seen().empty());
    const Answer answer = guarded.chat("something good");
    CHECK(answer.status == 200);
    CHECK(contains(answer.body, "as told"));
    CHECK(hook.seen().size() == 3);
  }

  TEST_CASE("a webhook that fails is fail_open or not") {
    FakeUpstream hook{answering("nonsense", 500)};
    const std::string rule = R"({"name":"ours","kind":"webhook","where":"input","private":true,)"
                             R"("url":")" +
                             hook.baseUrl() + R"(","fail_open":)";
    Guarded open("[" + rule + "true}]");
    CHECK(open.chat("hi").status == 200);
    Guarded closed("[" + rule + "false}]");
    CHECK(closed.chat("hi").status == 403);
  }
}
