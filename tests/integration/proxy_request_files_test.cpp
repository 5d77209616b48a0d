// Files that requests name by their ids: kept here they go to any provider, else to the one that
// has them; and only their project may name them.
#include "proxy_files_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

const std::string kPdf = "%PDF-1.4 hello";
const std::string kPdfData = "JVBERi0xLjQgaGVsbG8=";
const httplib::Headers kLocal = {{"X-Penstock-Provider", "local"}};
const httplib::Headers kAnthropic = {{"anthropic-version", "2023-06-01"}};
const std::string kChatAnswer =
    R"({"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}})";
const std::string kMessageAnswer =
    R"({"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text",)"
    R"("text":"ok"}],"stop_reason":"end_turn","stop_sequence":null,)"
    R"("usage":{"input_tokens":9,"output_tokens":1}})";
const std::string kResponseAnswer =
    R"({"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m",)"
    R"("output":[{"type":"message","id":"msg_1","status":"completed","role":"assistant",)"
    R"("content":[{"type":"output_text","text":"ok","annotations":[]}]}],)"
    R"("usage":{"input_tokens":9,"output_tokens":1,"total_tokens":10}})";

// Providers of OpenAI and Anthropic with files of their own, which answer "ok" to what they are
// asked, and one that has no files.
struct World : FilesClient {
  explicit World(GatewayOptions options = unlimitedOptions()) : FilesClient(std::move(options)) {
    routed.provider("oa", upstream.baseUrl());
    routed.provider("an", root(), "", "anthropic");
    routed.provider("plain", upstream.baseUrl(), "", "vllm");
  }
  std::string root() const { return upstream.baseUrl().substr(0, upstream.baseUrl().size() - 3); }
  FakeUpstream::Script script() {
    return [serve = files.script()](const http::ExchangePtr& exchange) {
      const std::string path(exchange->request().path);
      const std::string* body = path == "/v1/chat/completions" ? &kChatAnswer
                                : path == "/v1/messages"       ? &kMessageAnswer
                                : path == "/v1/responses"      ? &kResponseAnswer
                                                               : nullptr;
      if (body == nullptr) return serve(exchange);
      exchange->respond({200, "application/json", *body, {}});
    };
  }

  Answer chat(const std::string& id, const std::string& model) {
    return send("POST", "/v1/chat/completions",
                R"({"model":")" + model + R"(","messages":[{"role":"user","content":[)" +
                    R"({"type":"text","text":"read"},{"type":"file","file":{"file_id":")" + id +
                    R"("}}]}]})");
  }
  static std::string messageOf(const std::string& id, const std::string& model) {
    return R"({"model":")" + model + R"(","max_tokens":9,"messages":[{"role":"user","content":[)" +
           R"({"type":"document","source":{"type":"file","file_id":")" + id +
           R"("}},{"type":"text","text":"read"}]}]})";
  }
  Answer message(const std::string& id, const std::string& model) {
    return send("POST", "/anthropic/v1/messages", messageOf(id, model), kAnthropic);
  }
  std::string sent() const { return upstream.seen().back().body; }

  FileProvider files;
  FakeUpstream upstream{script()};
};

std::string paramOf(const Answer& answer) {
  return std::string(parsed(answer.body).root().find("error")->stringAt("param").value_or(""));
}

}  // namespace

TEST_SUITE("proxy/request_files") {
  TEST_CASE("a file that is kept here goes to a provider of any dialect") {
    World world;
    const Answer made = world.upload(kPdf, "user_data", "/v1/files", kLocal);
    REQUIRE_MESSAGE(made.status == 200, made.body);
    CHECK(contains(made.body, R"("mime_type":"application/pdf")"));
    const std::string id = idOf(made);
    REQUIRE(world.chat(id, "oa/gpt-4o").status == 200);
    CHECK(contains(world.sent(), R"({"type":"file","file":{"filename":"a.jsonl",)"
                                 R"("file_data":"data:application/pdf;base64,)" +
                                     kPdfData + R"("}})"));
    REQUIRE(world.chat(id, "an/claude-sonnet-4-5").status == 200);
    CHECK(contains(world.sent(), R"("source":{"type":"base64","media_type":"application/pdf",)"
                                 R"("data":")" +
                                     kPdfData));
    // Whichever API it was uploaded by.
    REQUIRE(world.message(id, "an/claude-sonnet-4-5").status == 200);
    CHECK(contains(world.sent(), R"("source":{"type":"base64","media_type":"application/pdf",)"
                                 R"("data":")" +
                                     kPdfData));
    REQUIRE(world.message(id, "oa/gpt-4o").status == 200);
    CHECK(contains(world.sent(), kPdfData));
  }

  TEST_CASE("Anthropic's files need no provider of Anthropic's") {
    FilesClient client(unlimitedOptions());
    FakeUpstream upstream(answering(kChatAnswer));
    client.routed.provider("oa", upstream.baseUrl());
    const Answer made = client.upload(kPdf, "", "/anthropic/v1/files", kAnthropic);
    REQUIRE_MESSAGE(made.status == 200, made.body);
    const auto file = parsed(made.body);
    CHECK(file.root().stringAt("type") == "file");
    CHECK(file.root().stringAt("mime_type") == "application/pdf");
    CHECK(file.root().stringAt("filename") == "a.jsonl");
    CHECK(file.root().find("size_bytes")->asInt() == static_cast<int64_t>(kPdf.size()));
    const std::string id = idOf(made);
    CHECK(id.starts_with("file_"));
    const std::string path = "/v1/files/" + id;
    CHECK(client.send("GET", path, "", kAnthropic).body == made.body);
    CHECK(client.send("GET", path + "/content", "", kAnthropic).body == kPdf);
    CHECK(idsOf(client.send("GET", "/anthropic/v1/files")) == id);
    CHECK(idsOf(client.send("GET", "/v1/files")).empty());  // of the other API
    REQUIRE(
        client.send("POST", "/v1/messages", World::messageOf(id, "oa/gpt-4o"), kAnthropic).status ==
        200);
    CHECK(contains(upstream.seen().back().body, kPdfData));
    CHECK(contains(client.send("DELETE", path, "", kAnthropic).body, R"("type":"file_deleted")"));
    CHECK(client.send("GET", path, "", kAnthropic).status == 404);
    const Answer gone =
        client.send("POST", "/v1/messages", World::messageOf(id, "oa/gpt-4o"), kAnthropic);
    CHECK(gone.status == 400);
    CHECK(contains(gone.body, "this project has no file " + id));
  }

  TEST_CASE("what a provider has is named to it, and to no other") {
    World world;
    const std::string id = idOf(world.upload(kPdf, "user_data"));
    REQUIRE(world.chat(id, "oa/gpt-4o").status == 200);
    CHECK(contains(world.sent(), R"({"file_id":")" + id + "\"}"));
    const size_t before = world.upstream.seen().size();
    const Answer elsewhere = world.chat(id, "plain/m");
    CHECK(elsewhere.status == 400);
    CHECK(errorCode(elsewhere) == "file_elsewhere");
    CHECK(paramOf(elsewhere) == "messages[0].content[1].file.file_id");
    CHECK(world.upstream.seen().size() == before);
    // Of several targets, those that have it.
    world.routed.config("both", "fallback_chain",
                        R"({"models":[{"model":"plain/m"},{"model":"oa/gpt-4o"}]})");
    const Answer fallback = world.chat(id, "@both");
    REQUIRE_MESSAGE(fallback.status == 200, fallback.body);
    const Answer trace = world.routed.manage.get(
        std::string(kBase) + "/logs/" + fallback.header("X-Modelux-Request-Id") + "/trace");
    CHECK(contains(trace.body, "file " + id + " is at 'oa'"));
  }

  TEST_CASE("another project's file is not there, wherever it is") {
    World world;
    for (const httplib::Headers& where : {kLocal, httplib::Headers{}}) {
      const std::string id = idOf(world.upload(kPdf, "user_data", "/v1/files", where));
      const size_t before = world.upstream.seen().size();
      const Answer answer =
          world.sendOther("POST", "/v1/chat/completions",
                          R"({"model":"oa/gpt-4o","messages":[{"role":"user","content":[)"
                          R"({"type":"file","file":{"\u0066ile_id":")" +
                              id + R"("}}]}]})");
      CHECK(answer.status == 400);
      CHECK(errorCode(answer) == "file_not_found");
      CHECK(world.upstream.seen().size() == before);
    }
  }

  TEST_CASE("files that were not uploaded here are refused, unless the project says otherwise") {
    World world;
    CHECK(errorCode(world.chat("file-theirs", "oa/gpt-4o")) == "file_not_found");
    REQUIRE(world.routed.manage
                .patch(std::string(kBase) + "/projects/" + world.own_project,
                       R"({"settings":{"unknown_files":"pass"}})")
                .status == 200);
    CHECK(world.chat("file-theirs", "oa/gpt-4o").status == 200);
    CHECK(contains(world.sent(), R"({"file_id":"file-theirs"})"));
  }

  TEST_CASE("texts go as texts, and guardrails read them") {
    World world;
    const std::string id =
        idOf(world.upload("this is forbidden", "user_data", "/v1/files", kLocal));
    REQUIRE(world.chat(id, "an/claude-sonnet-4-5").status == 200);
    CHECK(contains(world.sent(), R"("text":"a.jsonl\n\nthis is forbidden")"));
    const std::string held = idOf(world.upload("x", "user_data"));
    REQUIRE(world.routed.manage
                .patch(std::string(kBase) + "/projects/" + world.own_project,
                       R"({"settings":{"guardrails":[{"name":"k","kind":"keywords",)"
                       R"("keywords":["forbidden"],"action":"block"}]}})")
                .status == 200);
    CHECK(errorCode(world.chat(id, "oa/gpt-4o")) == "blocked_by_guardrail");
    CHECK(contains(world.message(id, "an/claude-sonnet-4-5").body, "guardrail"));
    // What a provider has nobody can look into; new files are kept here.
    CHECK(errorCode(world.chat(held, "oa/gpt-4o")) == "guardrails_not_supported");
    CHECK(world.upload("x", "user_data").header("X-Modelux-Provider-Used") == "local");
  }

  TEST_CASE("Responses keep the name, not the file, and go on with it") {
    World world;
    const std::string id = idOf(world.upload(kPdf, "user_data", "/v1/files", kLocal));
    const Answer first = world.send("POST", "/v1/responses",
                                    R"({"model":"oa/gpt-4o","input":[{"role":"user","content":[)"
                                    R"({"type":"input_file","file_id":")" +
                                        id + R"("},{"type":"input_text","text":"read"}]}]})");
    REQUIRE_MESSAGE(first.status == 200, first.body);
    CHECK(contains(world.sent(), R"("file_data":"data:application/pdf;base64,)" + kPdfData));
    const Answer items = world.send("GET", "/v1/responses/" + idOf(first) + "/input_items");
    CHECK(contains(items.body, R"("file_id":")" + id + "\""));
    CHECK_FALSE(contains(items.body, kPdfData));
    const Answer second =
        world.send("POST", "/v1/responses",
                   R"({"model":"an/claude-sonnet-4-5","max_output_tokens":9,"input":"more",)"
                   R"("previous_response_id":")" +
                       idOf(first) + "\"}");
    REQUIRE_MESSAGE(second.status == 200, second.body);
    CHECK(contains(world.sent(), kPdfData));
    // It goes on without one that is gone.
    REQUIRE(world.send("DELETE", "/v1/files/" + id).status == 200);
    const Answer third =
        world.send("POST", "/v1/responses",
                   R"({"model":"an/claude-sonnet-4-5","max_output_tokens":9,"input":"more",)"
                   R"("previous_response_id":")" +
                       idOf(first) + "\"}");
    REQUIRE_MESSAGE(third.status == 200, third.body);
    CHECK(contains(world.sent(), "(a file that is gone)"));
  }

  TEST_CASE("a guardrail's redaction holds for what is kept, files or not") {
    World world;
    REQUIRE(world.routed.manage
                .patch(std::string(kBase) + "/projects/" + world.own_project,
                       R"({"settings":{"guardrails":[{"name":"k","kind":"keywords",)"
                       R"("keywords":["Zanzibar"],"action":"redact"}]}})")
                .status == 200);
    const std::string id = idOf(world.upload(kPdf, "user_data"));
    const Answer answer =
        world.send("POST", "/v1/responses",
                   R"({"model":"oa/gpt-4o","input":[{"role":"user","content":[)"
                   R"({"type":"input_file","file_id":")" +
                       id + R"("},{"type":"input_text","text":"to Zanzibar"}]}]})");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK_FALSE(contains(world.sent(), "Zanzibar"));
    const Answer items = world.send("GET", "/v1/responses/" + idOf(answer) + "/input_items");
    REQUIRE(items.status == 200);
    CHECK_FALSE(contains(items.body, "Zanzibar"));
  }

  TEST_CASE("requests with files have so much room together") {
    GatewayOptions options = unlimitedOptions();
    options.inlined_bytes = 30'000;
    World world(std::move(options));
    const std::string id =
        idOf(world.upload(std::string(9'000, 'x'), "user_data", "/v1/files", kLocal));
    // Each gives its room back, a moment after its answer.
    const auto fits = [&] { return world.chat(id, "oa/gpt-4o").status == 200; };
    for (int i = 0; i < 3; ++i) CHECK(eventually(fits));
    const std::string large =
        idOf(world.upload(std::string(11'000, 'x'), "user_data", "/v1/files", kLocal));
    const Answer refused = world.chat(large, "oa/gpt-4o");
    CHECK(refused.status == 503);
    CHECK(errorCode(refused) == "overloaded");
    CHECK(eventually(fits));
  }

  TEST_CASE("a request has room for so much, and a container takes a provider's files only") {
    GatewayOptions options = unlimitedOptions();
    options.max_body_bytes = 100'000;
    World world(std::move(options));
    const Answer made = world.upload(std::string(150'000, 'x'), "user_data", "/v1/files", kLocal);
    REQUIRE_MESSAGE(made.status == 200, made.body);
    const std::string id = idOf(made);
    const Answer large = world.chat(id, "oa/gpt-4o");
    CHECK(large.status == 413);
    CHECK(errorCode(large) == "file_too_large");
    CHECK(paramOf(large) == "messages[0].content[1].file.file_id");
    const Answer container =
        world.send("POST", "/anthropic/v1/messages",
                   R"({"model":"an/c","max_tokens":9,"messages":[{"role":"user","content":[)"
                   R"({"type":"container_upload","file_id":")" +
                       id + R"("}]}]})",
                   kAnthropic);
    CHECK(container.status == 400);
    CHECK(contains(container.body, "kept here"));
  }

  TEST_CASE("with a key of its own a caller names files of its own") {
    World world;
    const std::string key = world.withKey(R"("allow_provider_keys":true)");
    const auto ask = [&](const std::string& id) {
      return world.send(
          "POST", "/v1/chat/completions",
          R"({"model":"oa/gpt-4o","messages":[{"role":"user","content":[)"
          R"({"type":"file","file":{"file_id":")" +
              id + R"("}}]}]})",
          {{"Authorization", "Bearer " + key}, {"X-Modelux-Provider-Key", "sk-of-the-caller"}});
    };
    CHECK(ask("file-theirs").status == 200);
    CHECK(ask(idOf(world.upload(kPdf, "user_data", "/v1/files", kLocal))).status == 200);
    CHECK(errorCode(ask(idOf(world.upload(kPdf, "user_data")))) == "file_elsewhere");
  }
}
