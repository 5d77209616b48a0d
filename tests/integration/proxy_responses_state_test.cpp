// What is kept of the Responses API: with a provider that speaks it and holds responses itself, and
// with one of Anthropic's dialect, whose answers all have the same id.
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "proxy_support.h"
#include "support/temp_dir.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string textOf(json::ValueRef object, const char* key) {
  return std::string(object.stringAt(key).value_or(""));
}

bool flagOf(json::ValueRef object, const char* key, bool otherwise) {
  const auto flag = object.find(key);
  return flag ? flag->asBool().value_or(otherwise) : otherwise;
}

// {"id":…} of a response that says TEXT.
std::string responseSaying(const std::string& id, const std::string& text, bool stored) {
  std::string out;
  json::Writer w(out);
  w.beginObject().field("id", id).field("object", "response").field("status", "completed");
  w.field("model", "m").field("store", stored).key("previous_response_id").null();
  w.key("output").beginArray().beginObject().field("type", "reasoning").field("id", "rs_" + id);
  w.key("summary").beginArray().endArray().endObject();
  w.beginObject().field("type", "message").field("id", "msg_" + id).field("role", "assistant");
  w.key("content").beginArray().beginObject().field("type", "output_text").field("text", text);
  w.endObject().endArray().endObject().endArray();
  w.rawField("usage", R"({"input_tokens":10,"output_tokens":5,"output_tokens_details":)"
                      R"({"reasoning_tokens":3},"total_tokens":15})");
  w.endObject();
  return out;
}

// OpenAI's Responses API: knows its own responses only.
class NativeProvider {
 public:
  FakeUpstream::Script script() {
    return [this](const http::ExchangePtr& exchange) { serve(exchange); };
  }
  void fail(int status) { fails_with_ = status; }
  void forget() {
    const std::lock_guard lock(mutex_);
    held_.clear();
  }
  bool has(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return held_.contains(id);
  }

 private:
  void serve(const http::ExchangePtr& exchange) {
    const std::lock_guard lock(mutex_);
    if (fails_with_ != 0) return test::fail(exchange, fails_with_);
    const http::Request& request = exchange->request();
    const std::string path(request.path);
    if (request.method == "DELETE") {
      const bool had = held_.erase(path.substr(path.rfind('/') + 1)) > 0;
      return exchange->respond({had ? 200 : 404, "application/json", "{}", {}});
    }
    const auto body = json::parse(request.body);
    const std::string previous = textOf(body->root(), "previous_response_id");
    if (!previous.empty() && !held_.contains(previous)) {
      return exchange->respond({400,
                                "application/json",
                                R"({"error":{"message":"Previous response with id ')" + previous +
                                    R"(' not found.","type":"invalid_request_error",)"
                                    R"("param":"previous_response_id",)"
                                    R"("code":"previous_response_not_found"}})",
                                {}});
    }
    const std::string id = "resp_n" + std::to_string(++made_);
    const bool stored = flagOf(body->root(), "store", true);
    if (stored) held_.insert(id);
    const std::string response = responseSaying(id, "native " + std::to_string(made_), stored);
    if (!flagOf(body->root(), "stream", false))
      return exchange->respond({200, "application/json", response, {}});
    exchange->start({200, "text/event-stream", "", {}});
    exchange->write(
        "event: response.output_text.delta\ndata: "
        "{\"type\":\"response.output_text.delta\",\"delta\":\"native\"}\n\n");
    exchange->write(
        "event: response.completed\ndata: {\"type\":\"response.completed\","
        "\"response\":" +
        response + "}\n\n");
    exchange->finish();
  }

  std::atomic<int> fails_with_{0};
  std::mutex mutex_;
  std::set<std::string> held_;
  int made_ = 0;
};

void serveMessages(const http::ExchangePtr& exchange) {
  const auto body = json::parse(exchange->request().body);
  const std::string head = R"({"id":"msg_1","type":"message","role":"assistant","model":"claude",)";
  if (!flagOf(body->root(), "stream", false)) {
    return exchange->respond(
        {200,
         "application/json",
         head + R"("content":[{"type":"text","text":"translated"}],"stop_reason":"end_turn",)" +
             R"("usage":{"input_tokens":10,"output_tokens":5}})",
         {}});
  }
  exchange->start({200, "text/event-stream", "", {}});
  const auto send = [&](const std::string& name, const std::string& rest) {
    exchange->write("event: " + name + "\ndata: {\"type\":\"" + name + "\"" + rest + "}\n\n");
  };
  send("message_start",
       ",\"message\":" + head + R"("content":[],"usage":{"input_tokens":10,"output_tokens":1}})");
  send("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})");
  send("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":"translated"})");
  send("content_block_stop", R"(,"index":0)");
  send("message_delta", R"(,"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5})");
  send("message_stop", "");
  exchange->finish();
}

// A gateway before both, and a second project beside the first.
struct World {
  explicit World(GatewayOptions options = unlimitedOptions())
      : native(holder.script()), messages(serveMessages), routed(std::move(options)) {
    const auto root = [](const FakeUpstream& upstream) {
      return upstream.baseUrl().substr(0, upstream.baseUrl().size() - 3);
    };
    native_id = routed.provider("nat", root(native), "", "azure_openai");
    routed.provider("ant", root(messages), "", "anthropic");
    routed.config("both", "fallback_chain", R"({"models":["nat/m","ant/m"]})");
  }

  // `fields`: R"("input":"Hi")"
  Answer create(const std::string& model, const std::string& fields,
                const httplib::Headers& headers = {}) {
    return routed.proxy.send("POST", "/v1/responses",
                             R"({"model":")" + model + "\"," + fields + "}", headers);
  }
  Answer goOn(const std::string& model, const std::string& previous, const std::string& more = "") {
    return create(model,
                  R"("input":"And then?","previous_response_id":")" + previous + "\"" + more);
  }
  Answer get(const std::string& path) { return routed.proxy.get("/v1/responses/" + path); }
  Answer del(const std::string& id) { return routed.proxy.del("/v1/responses/" + id); }
  Api otherProject() {
    const Answer project =
        routed.manage.post(std::string(kBase) + "/projects", R"({"name":"Other","slug":"other"})");
    REQUIRE_MESSAGE(project.status == 201, project.body);
    const Answer key =
        routed.manage.post(std::string(kBase) + "/api-keys",
                           R"({"name":"k","project_id":")" + dataText(project, "id") + "\"}");
    REQUIRE_MESSAGE(key.status == 201, key.body);
    return {routed.gateway.proxyUrl(), dataText(key, "key")};
  }
  // The last request that an upstream saw.
  static std::string lastBody(const FakeUpstream& upstream) { return upstream.seen().back().body; }

  NativeProvider holder;
  FakeUpstream native, messages;
  Routed routed;
  std::string native_id;
};

std::string idOf(const Answer& answer) {
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  return textOf(parsed(answer.body).root(), "id");
}

// Of the response that ends a stream.
std::string streamedId(const Answer& answer) {
  const size_t end = answer.body.find(R"("type":"response.completed")");
  REQUIRE_MESSAGE(end != std::string::npos, answer.body);
  const size_t at = answer.body.find("\"id\":\"resp_", end) + 6;
  return answer.body.substr(at, answer.body.find('"', at) - at);
}

std::string paramOf(const Answer& answer) {
  return textOf(*parsed(answer.body).root().find("error"), "param");
}

GatewayOptions keptOptions(const TempDir& dir) {
  GatewayOptions options = unlimitedOptions();
  options.ephemeral = false;
  options.data_dir = (dir.path() / "data").string();
  options.proxy_listen = options.manage_listen = "127.0.0.1:0";
  return options;
}

}  // namespace

TEST_SUITE("proxy/responses_state") {
  TEST_CASE("a translated conversation goes on from ids of ours, with all that was said") {
    World w;
    const Answer first = w.create("ant/m", R"("input":"Hi","instructions":"Be kind.")");
    const std::string id = idOf(first);
    CHECK(flagOf(parsed(first.body).root(), "store", false));
    const Answer second = w.goOn("ant/m", id);
    CHECK(idOf(second) != id);
    CHECK(textOf(parsed(second.body).root(), "previous_response_id") == id);
    const auto sent = parsed(World::lastBody(w.messages));
    REQUIRE(sent.root().find("messages")->size() == 3);
    const std::string messages = sent.root().find("messages")->text();
    CHECK(contains(messages, "Hi"));
    CHECK(contains(messages, "translated"));
    CHECK(contains(messages, "And then?"));
    CHECK_FALSE(contains(sent.root().text(), "Be kind."));  // instructions are not inherited
    const std::string third = idOf(w.goOn("ant/m", idOf(second)));
    CHECK(parsed(World::lastBody(w.messages)).root().find("messages")->size() == 5);
    CHECK(w.get(third).status == 200);
  }

  TEST_CASE("whoever has the whole of a stream can go on from it at once") {
    World w;
    for (const char* model : {"ant/m", "nat/m"}) {
      INFO(model);
      std::string id = streamedId(w.create(model, R"("input":"Hi","stream":true)"));
      for (int turn = 0; turn < 20; ++turn) {
        const Answer next = w.goOn(model, id, R"(,"stream":true)");
        REQUIRE_MESSAGE(next.status == 200, next.body);
        id = streamedId(next);
      }
      const Answer kept = w.get(id);
      REQUIRE_MESSAGE(kept.status == 200, kept.body);
      CHECK(textOf(parsed(kept.body).root(), "status") == "completed");
    }
  }

  TEST_CASE("what was kept is there after a restart") {
    const TempDir dir;
    NativeProvider holder;
    FakeUpstream messages(serveMessages);
    std::string key, id;
    {
      Routed routed(keptOptions(dir));
      key = routed.gateway.projectKey();
      routed.provider("ant", messages.baseUrl().substr(0, messages.baseUrl().size() - 3), "",
                      "anthropic");
      id = idOf(routed.proxy.post("/v1/responses", R"({"model":"ant/m","input":"Hi"})"));
    }
    Gateway again = Gateway::start(keptOptions(dir));
    Api proxy{again.proxyUrl(), key};
    CHECK(idOf(proxy.get("/v1/responses/" + id)) == id);
    const Answer next =
        proxy.post("/v1/responses",
                   R"({"model":"ant/m","input":"And then?","previous_response_id":")" + id + "\"}");
    REQUIRE_MESSAGE(next.status == 200, next.body);
    CHECK(parsed(messages.seen().back().body).root().find("messages")->size() == 3);
  }

  TEST_CASE("the provider that holds a response is told its id, any other what was said") {
    World w;
    const std::string first = idOf(w.create("nat/m", R"("input":"Hi")"));
    const std::string second = idOf(w.goOn("nat/m", first));
    auto sent = parsed(World::lastBody(w.native));
    CHECK(textOf(sent.root(), "previous_response_id") == first);
    CHECK(textOf(sent.root(), "input") == "And then?");
    // In another dialect.
    const std::string third = idOf(w.goOn("ant/m", second));
    CHECK(parsed(World::lastBody(w.messages)).root().find("messages")->size() == 5);
    // And back again, where the last turn is not known.
    const Answer fourth = w.goOn("nat/m", third);
    const std::string id = idOf(fourth);
    sent = parsed(World::lastBody(w.native));
    CHECK_FALSE(sent.root().find("previous_response_id"));
    CHECK(sent.root().find("input")->size() == 7);
    const std::string input = sent.root().find("input")->text();
    CHECK(contains(input, "native 1"));
    CHECK(contains(input, "translated"));
    CHECK_FALSE(contains(input, "reasoning"));
    CHECK_FALSE(contains(input, "msg_resp_n1"));
    CHECK(textOf(parsed(w.get(id).body).root(), "previous_response_id") == third);
    // From there on it is.
    idOf(w.goOn("nat/m", id));
    CHECK(textOf(parsed(World::lastBody(w.native)).root(), "previous_response_id") == id);
  }

  TEST_CASE("a fallback is sent what was said, and a provider that was changed too") {
    World w;
    const std::string first = idOf(w.create("@both", R"("input":"Hi")"));
    CHECK(first.starts_with("resp_n"));
    w.holder.fail(503);
    const std::string second = idOf(w.goOn("@both", first));
    CHECK_FALSE(second.starts_with("resp_n"));
    CHECK(textOf(parsed(World::lastBody(w.native)).root(), "previous_response_id") == first);
    CHECK(parsed(World::lastBody(w.messages)).root().find("messages")->size() == 3);
    w.holder.fail(0);
    const Answer changed =
        w.routed.manage.patch(std::string(kBase) + "/providers/" + w.native_id,
                              R"({"verify":false,"api_key":"sk-of-another-account-1"})");
    REQUIRE_MESSAGE(changed.status == 200, changed.body);
    idOf(w.goOn("nat/m", first));
    CHECK_FALSE(parsed(World::lastBody(w.native)).root().find("previous_response_id"));
  }

  TEST_CASE("a provider that has lost a response is sent what was said") {
    World w;
    const std::string first = idOf(w.create("nat/m", R"("input":"Hi")"));
    w.holder.forget();
    const size_t before = w.native.seen().size();
    const Answer second = w.goOn("nat/m", first);
    REQUIRE_MESSAGE(second.status == 200, second.body);
    const auto seen = w.native.seen();
    REQUIRE(seen.size() == before + 2);
    CHECK(contains(seen[before].body, first));
    CHECK_FALSE(contains(seen[before + 1].body, first));
    CHECK(contains(seen[before + 1].body, "native 1"));
    CHECK(w.goOn("nat/m", idOf(second)).status == 200);
  }

  TEST_CASE("another project's response is none") {
    World w;
    Api other = w.otherProject();
    for (const char* model : {"ant/m", "nat/m"}) {
      const std::string id = idOf(w.create(model, R"("input":"Hi")"));
      INFO(id);
      const size_t asked = w.native.seen().size() + w.messages.seen().size();
      for (const std::string path : {"", "/input_items"})
        CHECK(other.get("/v1/responses/" + id + path).status == 404);
      CHECK(other.del("/v1/responses/" + id).status == 404);
      CHECK(other.post("/v1/responses/" + id + "/cancel", "").status == 404);
      const Answer next =
          other.post("/v1/responses", R"({"model":")" + std::string(model) +
                                          R"(","input":"x","previous_response_id":")" + id + "\"}");
      CHECK(next.status == 400);
      CHECK(errorCode(next) == "previous_response_not_found");
      CHECK(paramOf(next) == "previous_response_id");
      const Answer item = other.post(
          "/v1/responses", R"({"model":")" + std::string(model) +
                               R"(","input":[{"type":"item_reference","id":"msg_)" + id + "\"}]}");
      CHECK(item.status == 404);
      CHECK(w.native.seen().size() + w.messages.seen().size() == asked);
      CHECK(w.get(id).status == 200);
    }
  }

  TEST_CASE("who says not to store finds nothing, here or at the provider") {
    World w;
    for (const char* model : {"ant/m", "nat/m"}) {
      const std::string unstored = idOf(w.create(model, R"("input":"Hi","store":false)"));
      CHECK(w.get(unstored).status == 404);
      CHECK(w.goOn(model, unstored).status == 400);
      const Answer header =
          w.create(model, R"("input":"Hi","store":true)", {{"Cache-Control", "no-store"}});
      CHECK_FALSE(flagOf(parsed(header.body).root(), "store", true));
      CHECK(header.header("X-Penstock-Not-Stored").empty());
      CHECK(w.get(idOf(header)).status == 404);
    }
    CHECK_FALSE(w.holder.has("resp_n1"));
    CHECK_FALSE(w.holder.has("resp_n2"));
  }

  TEST_CASE(
      "a response that is deleted is gone here and at the provider, and what goes on from it") {
    World w;
    const std::string native = idOf(w.create("nat/m", R"("input":"Hi")"));
    REQUIRE(w.holder.has(native));
    w.holder.fail(500);
    CHECK(w.del(native).status == 502);
    CHECK(w.get(native).status == 200);
    w.holder.fail(0);
    const Answer deleted = w.del(native);
    CHECK(deleted.status == 200);
    CHECK(deleted.body == R"({"id":")" + native + R"(","object":"response","deleted":true})");
    CHECK(deleted.header("X-Penstock-Provider-Copy").empty());
    CHECK_FALSE(w.holder.has(native));
    CHECK(w.get(native).status == 404);
    CHECK(w.del(native).status == 404);

    const std::string first = idOf(w.create("ant/m", R"("input":"Hi")"));
    const std::string second = idOf(w.goOn("ant/m", first));
    const size_t asked = w.messages.seen().size();
    CHECK(w.del(first).status == 200);
    CHECK(w.messages.seen().size() == asked);
    const Answer next = w.goOn("ant/m", second);
    CHECK(next.status == 400);
    CHECK(errorCode(next) == "previous_response_not_found");
    CHECK(contains(next.body, first));
  }

  TEST_CASE("a copy that the provider refuses to delete is told of") {
    World w;
    const std::string id = idOf(w.create("nat/m", R"("input":"Hi")"));
    w.holder.fail(403);
    const Answer deleted = w.del(id);
    CHECK(deleted.status == 200);
    CHECK(deleted.header("X-Penstock-Provider-Copy") == "kept");
    CHECK(w.get(id).status == 404);
    w.holder.fail(0);
    CHECK(w.holder.has(id));
  }

  TEST_CASE("the items of a request are listed in pages, and can be referred to") {
    World w;
    const std::string id =
        idOf(w.create("ant/m", R"("input":[{"role":"user","content":"one"},{"role":"assistant",)"
                               R"("content":"two"},{"role":"user","content":"three"}])"));
    const Answer all = w.get(id + "/input_items?order=asc");
    REQUIRE_MESSAGE(all.status == 200, all.body);
    std::vector<std::string> ids;
    const auto list = parsed(all.body);
    for (const auto item : list.root().find("data")->elements()) {
      ids.push_back(textOf(item, "id"));
      CHECK(textOf(item, "type") == "message");
      CHECK(item.find("content")->isArray());
    }
    REQUIRE(ids.size() == 3);
    const Answer page = w.get(id + "/input_items?limit=2");
    CHECK(textOf(parsed(page.body).root(), "first_id") == ids[2]);
    CHECK(textOf(parsed(page.body).root(), "last_id") == ids[1]);
    CHECK(flagOf(parsed(page.body).root(), "has_more", false));
    const Answer rest = w.get(id + "/input_items?limit=2&after=" + ids[1]);
    CHECK(textOf(parsed(rest.body).root(), "first_id") == ids[0]);
    CHECK_FALSE(flagOf(parsed(rest.body).root(), "has_more", true));
    CHECK(paramOf(w.get(id + "/input_items?limit=0")) == "limit");
    CHECK(paramOf(w.get(id + "/input_items?after=x")) == "after");

    const std::string said = textOf(parsed(w.get(id).body).root().find("output")->at(0), "id");
    const Answer refers = w.create("ant/m", R"("input":[{"type":"item_reference","id":")" + ids[2] +
                                                R"("},{"type":"item_reference","id":")" + said +
                                                R"("},{"role":"user","content":"four"}])");
    REQUIRE_MESSAGE(refers.status == 200, refers.body);
    const std::string sent = World::lastBody(w.messages);
    CHECK(contains(sent, "three"));
    CHECK(contains(sent, "translated"));
    CHECK_FALSE(contains(sent, "one"));
    // What is kept of it needs no reference.
    CHECK(contains(w.get(idOf(refers) + "/input_items").body, "three"));
  }

  TEST_CASE("what cannot be had is refused with its field") {
    World w;
    const std::string id = idOf(w.create("ant/m", R"("input":"Hi")"));
    for (const char* model : {"ant/m", "nat/m"}) {
      const Answer background = w.create(model, R"("input":"Hi","background":true)");
      CHECK(background.status == 400);
      CHECK(paramOf(background) == "background");
      const Answer conversation = w.create(model, R"("input":"Hi","conversation":"conv_1")");
      CHECK(conversation.status == 400);
      CHECK(paramOf(conversation) == "conversation");
    }
    CHECK(w.native.seen().empty());
    CHECK(paramOf(w.get(id + "?stream=true")) == "stream");
    const Answer cancel = w.routed.proxy.post("/v1/responses/" + id + "/cancel", "");
    CHECK(cancel.status == 400);
    CHECK(contains(cancel.body, "Cannot cancel a synchronous response."));
    for (const char* path : {"resp_none", "a%2fb", "resp_none/input_items"})
      CHECK(w.get(path).status == 404);
  }

  TEST_CASE("responses are kept for as long as they are to be") {
    std::atomic<int64_t> now{1'800'000'000'000};
    GatewayOptions options = unlimitedOptions();
    options.wall_clock = [&now] { return now.load(); };
    options.response_days = 2;
    World w(options);
    const std::string id = idOf(w.create("ant/m", R"("input":"Hi")"));
    now += 2 * 86'400'000 - 1;
    CHECK(w.get(id).status == 200);
    now += 1;
    CHECK(w.get(id).status == 404);
    CHECK(errorCode(w.goOn("ant/m", id)) == "previous_response_not_found");
  }

  TEST_CASE("what is too large to be kept is said not to be, and asked not to be at the provider") {
    GatewayOptions options = unlimitedOptions();
    options.response_bytes = 1000;
    World w(options);
    for (const char* model : {"ant/m", "nat/m"}) {
      const Answer large = w.create(model, R"("input":")" + std::string(1000, 'x') + "\"");
      CHECK(large.header("X-Penstock-Not-Stored") == "input_too_large");
      CHECK_FALSE(flagOf(parsed(large.body).root(), "store", true));
      CHECK(w.get(idOf(large)).status == 404);
    }
    options.response_days = 0;
    World nothing(options);
    const Answer answer = nothing.create("ant/m", R"("input":"Hi")");
    CHECK(answer.header("X-Penstock-Not-Stored") == "disabled");
    CHECK(paramOf(nothing.goOn("ant/m", idOf(answer))) == "previous_response_id");
  }

  TEST_CASE("budgets and token counts see what is gone on from") {
    World w;
    const std::string text(4000, 'x');
    const std::string id = idOf(w.create("nat/m", R"("input":")" + text + "\""));
    const auto count = [&](const std::string& more) {
      const Answer counted = w.routed.proxy.post("/v1/responses/input_tokens",
                                                 R"({"model":"nat/m","input":"Hi")" + more + "}");
      REQUIRE_MESSAGE(counted.status == 200, counted.body);
      CHECK(textOf(parsed(counted.body).root(), "object") == "response.input_tokens");
      return parsed(counted.body).root().intAt("input_tokens").value_or(0);
    };
    CHECK(count("") < 100);
    CHECK(count(R"(,"previous_response_id":")" + id + "\"") > 1000);
    CHECK(count("") < 100);
  }

  TEST_CASE("what a guardrail changes of a conversation is sent as changed, not named") {
    World w;
    const std::string id = idOf(w.create("nat/m", R"("input":"Mail to jo@example.com")"));
    const std::string project = listAll(w.routed.manage, "/projects", "id").front();
    const Answer saved = w.routed.manage.patch(
        std::string(kBase) + "/projects/" + project,
        R"({"settings":{"guardrails":[{"name":"pii","kind":"pii","where":"input",)"
        R"("action":"redact"}]}})");
    REQUIRE_MESSAGE(saved.status == 200, saved.body);
    const std::string second = idOf(w.goOn("nat/m", id));
    const auto sent = parsed(World::lastBody(w.native));
    CHECK_FALSE(sent.root().find("previous_response_id"));
    CHECK_FALSE(contains(sent.root().text(), "jo@example.com"));
    CHECK(contains(sent.root().text(), "And then?"));
    CHECK_FALSE(contains(w.get(second + "/input_items").body, "Mail to"));
  }

  TEST_CASE("all of it goes through admission and into the log") {
    World w;
    const std::string id = idOf(w.create("ant/m", R"("input":"Hi")"));
    Api stranger{w.routed.gateway.proxyUrl(), "mlx_sk_nobody"};
    for (const std::string base : {"/v1", "/openai/v1"}) {
      CHECK(stranger.get(base + "/responses/" + id).status == 401);
      CHECK(w.routed.proxy.get(base + "/responses/" + id).status == 200);
      CHECK(w.routed.proxy.get(base + "/responses/" + id + "/input_items").status == 200);
    }
    CHECK(w.del(id).status == 200);
    w.routed.gateway.flushLogs();
    const auto endpoints = listAll(w.routed.manage, "/logs", "endpoint");
    for (const char* name : {"responses.retrieve", "responses.input_items", "responses.delete"})
      CHECK(std::ranges::count(endpoints, name) > 0);
  }
}
