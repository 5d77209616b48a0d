// Batches that are executed here: every line is a request like any other.
#include <algorithm>
#include <atomic>

#include "proxy_local_batches_support.h"

using namespace penstock;
using namespace penstock::test;

TEST_SUITE("proxy/local_batches") {
  TEST_CASE("a batch of good and bad lines is answered in an output and an error file") {
    LocalWorld world;
    const std::string id = world.batch(
        chatLine("a", "oa/say-one") + chatLine("b", "@here") + chatLine("c", "oa/fail-400") +
        lineOf("d",
               R"({"model":"oa/say-x","stream":true,"messages":[{"role":"user","content":"x"}]})") +
        lineOf("e", R"({"messages":[]})") + chatLine("f", "nobody/x"));
    const json::Document done = world.over(id);
    CHECK(textAt(done, "status") == "completed");
    CHECK(countsOf(done) == "6 2 4");
    for (const char* at : {"in_progress_at", "finalizing_at", "completed_at", "created_at"})
      CHECK_MESSAGE(done.root().intAt(at).value_or(0) > 0, at);
    CHECK(done.root().intAt("expires_at") == *done.root().intAt("created_at") + 86'400);
    const Lines output = world.linesOf(textAt(done, "output_file_id"));
    CHECK(output.ids() == "a b");
    CHECK(contains(output.of("a"), R"("content":"one")"));
    CHECK(contains(output.of("a"), R"("error":null)"));
    CHECK(contains(output.of("a"), R"("status_code":200)"));
    CHECK(contains(output.of("b"), R"("content":"routed")"));
    const Lines errors = world.linesOf(textAt(done, "error_file_id"));
    CHECK(errors.ids() == "c d e f");
    CHECK(contains(errors.of("c"), R"("status_code":400)"));
    CHECK(contains(errors.of("d"), "stream_not_supported"));
    CHECK(contains(errors.of("e"), R"("param":"model")"));
    CHECK(contains(errors.of("f"), R"("status_code":4)"));
    // Each is a request of the log, under the batch's id.
    CHECK(listAll(world.routed.manage, "/logs?trace_id=" + id, "endpoint").size() == 6);
  }

  TEST_CASE("lines that are none fail the batch before any of it is executed") {
    LocalWorld world;
    const auto errorsOf = [&](const std::string& lines) {
      const json::Document failed = world.over(world.batch(lines));
      CHECK(textAt(failed, "status") == "failed");
      std::string told;
      for (const auto error : failed.root().find("errors")->find("data")->elements()) {
        told += std::string(error.stringAt("code").value_or("?")) + "@" +
                std::to_string(error.intAt("line").value_or(0)) + " ";
      }
      return told;
    };
    CHECK(errorsOf(chatLine("a", "oa/say-a") + "{\n" + chatLine("a", "oa/say-b")) ==
          "invalid_json_line@2 duplicate_custom_id@3 ");
    CHECK(errorsOf(R"({"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{}})") ==
          "invalid_url@1 ");
    CHECK(errorsOf(R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions"})") ==
          "missing_required_parameter@1 ");
    CHECK(errorsOf("\n \n") == "empty_file@0 ");
    std::string many;
    for (int i = 0; i <= 50'000; ++i)
      many += R"({"custom_id":")" + std::to_string(i) +
              R"(","method":"POST","url":"/v1/chat/completions","body":{}})" + "\n";
    CHECK(errorsOf(many) == "too_many_requests@0 ");
    CHECK(world.upstream.seen().empty());
  }

  TEST_CASE("where a batch goes") {
    LocalWorld world;
    const auto here = [&](const httplib::Headers& more) {
      const Answer made = world.upload(chatLine("a", "oa/say-a"), "batch", more);
      CHECK_MESSAGE(made.status == 200, made.body);
      return made.header("X-Modelux-Provider-Used") == "local";
    };
    // There is only a provider whose vendor has none.
    CHECK(here({}));
    CHECK(here({{"X-Penstock-Provider", "oa"}}));
    CHECK(errorCode(world.upload("x", "fine-tune")) == "no_provider");
    CHECK(errorCode(world.upload("x", "fine-tune", {{"X-Penstock-Provider", "local"}})) ==
          "unknown_provider");
    CHECK(errorCode(world.upload("x", "batch", {{"X-Penstock-Provider", "none"}})) ==
          "unknown_provider");
    // One that has them is asked, unless the caller says otherwise, or guardrails are to look.
    world.routed.provider("real", world.upstream.baseUrl());
    world.routed.proxy.get("/v1/files");
    CHECK(world.upload(batchLine("a")).status != 200);  // it answers no file
    CHECK(world.upstream.seen().back().target == "/v1/files");
    CHECK(here({{"X-Penstock-Provider", "local"}}));
    world.guard();
    CHECK(here({}));
  }

  TEST_CASE("a batch is its project's, as files are") {
    LocalWorld world;
    const std::string file = idOf(world.upload(chatLine("a", "oa/say-a")));
    const std::string id = idOf(world.createBatch(file));
    const json::Document done = world.over(id);
    const std::string output = textAt(done, "output_file_id");
    for (const std::string& path :
         {"/v1/files/" + file, "/v1/files/" + file + "/content", "/v1/files/" + output,
          "/v1/files/" + output + "/content", "/v1/batches/" + id}) {
      CHECK_MESSAGE(world.sendOther("GET", path).status == 404, path);
      CHECK_MESSAGE(world.send("GET", path).status == 200, path);
    }
    CHECK(world.sendOther("POST", "/v1/batches/" + id + "/cancel").status == 404);
    CHECK(world.sendOther("DELETE", "/v1/files/" + file).status == 404);
    CHECK(idsOf(world.sendOther("GET", "/v1/files")).empty());
    CHECK(idsOf(world.sendOther("GET", "/v1/batches")).empty());
    CHECK(idsOf(world.send("GET", "/v1/files")) == output + " " + file);
    CHECK(idsOf(world.send("GET", "/v1/batches")) == id);
    CHECK(world.send("GET", "/v1/files/" + file + "/content").body == chatLine("a", "oa/say-a"));
    CHECK(world.send("POST", "/v1/batches/" + id + "/cancel").status == 409);
    CHECK(contains(world.send("DELETE", "/v1/files/" + output).body, R"("deleted":true)"));
    CHECK(world.send("GET", "/v1/files/" + output + "/content").status == 404);
  }

  TEST_CASE("what a batch may be of") {
    LocalWorld world;
    const std::string file = idOf(world.upload(chatLine("a", "oa/say-a")));
    const auto refusal = [&](const std::string& endpoint, const std::string& more) {
      return errorCode(world.send(
          "POST", "/v1/batches",
          R"({"input_file_id":")" + file + R"(","endpoint":")" + endpoint + "\"" + more + "}"));
    };
    CHECK(refusal("/v1/images/generations", "") == "invalid_endpoint");
    CHECK(refusal("/v1/chat/completions", R"(,"completion_window":"1h")") == "invalid_value");
    CHECK(refusal("/v1/chat/completions", R"(,"metadata":{"a":1})") == "invalid_value");
    const Answer made = world.send(
        "POST", "/v1/batches",
        R"({"input_file_id":")" + file +
            R"(","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"a":"b"}})");
    CHECK(contains(made.body, R"("metadata":{"a":"b"})"));
    CHECK(contains(made.body, R"("status":"validating")"));
    world.over(idOf(made));
  }

  TEST_CASE("embeddings, responses and moderations are executed too") {
    LocalWorld world;
    const auto run = [&](const std::string& path, const std::string& body) {
      const Answer file = world.upload(R"({"custom_id":"a","method":"POST","url":")" + path +
                                       R"(","body":)" + body + "}\n");
      const json::Document done = world.over(idOf(world.createBatch(idOf(file), path)));
      CHECK_MESSAGE(countsOf(done) == "1 1 0", path);
      return world.linesOf(textAt(done, "output_file_id")).of("a");
    };
    CHECK(contains(run("/v1/embeddings", R"({"model":"demo/demo-embedding","input":"x"})"),
                   R"("embedding":[)"));
    CHECK(contains(run("/v1/responses", R"({"model":"demo/demo-chat","input":"x"})"),
                   R"("object":"response")"));
    CHECK(contains(run("/v1/moderations", R"({"model":"demo/demo-moderation","input":"x"})"),
                   R"("results":[)"));
  }

  TEST_CASE("each line passes the guardrails of the project") {
    LocalWorld world;
    world.guard();
    const std::string id = world.batch(
        chatLine("good", "oa/say-fine") +
        lineOf("bad",
               R"({"model":"oa/say-x","messages":[{"role":"user","content":"forbidden"}]})"));
    const json::Document done = world.over(id);
    CHECK(countsOf(done) == "2 1 1");
    CHECK(contains(world.linesOf(textAt(done, "error_file_id")).of("bad"), "guardrail"));
    CHECK(world.upstream.seen().size() == 1);
  }

  TEST_CASE("a budget that is used up midway refuses the lines that it has nothing for") {
    GatewayOptions options = unlimitedOptions();
    options.max_batch_lines = 1;  // what one has set aside is not in another's way
    LocalWorld world(options);
    world.routed.provider("priced", world.upstream.baseUrl());
    const Answer made = world.routed.manage.post(
        std::string(kBase) + "/budgets",
        R"({"name":"few","scope":"organization","period":"monthly","cap_usd":0.0003})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    world.routed.budget_id = dataText(made, "id");
    std::string lines;
    for (int i = 0; i < 40; ++i) lines += chatLine(std::to_string(i), "priced/gpt-4o-mini", 20);
    const Answer file = world.upload(lines, "batch", {{"X-Penstock-Provider", "local"}});
    const json::Document done = world.over(idOf(world.createBatch(idOf(file))));
    const auto counts = done.root().find("request_counts");
    const int64_t completed = counts->intAt("completed").value_or(0);
    CHECK_MESSAGE(completed > 0, done.root().text());
    CHECK(completed < 40);
    CHECK(completed + counts->intAt("failed").value_or(0) == 40);
    const Lines errors = world.linesOf(textAt(done, "error_file_id"));
    CHECK(contains(errors.text, R"("status_code":402)"));
    CHECK(contains(errors.text, R"("type":"budget_exceeded")"));
    CHECK(std::stod(world.routed.budgetText("spend_usd")) <= 0.0003);
    world.routed.checkMoney();
  }

  TEST_CASE("a key's own rate limit makes lines wait instead of failing") {
    LocalWorld world;
    const httplib::Headers as{
        {"Authorization", "Bearer " + world.withKey(R"("rate_limit_rpm":600)")}};
    std::string lines;
    // More than the key may have at once, on a machine that takes seconds for them too.
    constexpr int kLines = 650;
    for (int i = 0; i < kLines; ++i) lines += chatLine(std::to_string(i), "oa/say-a");
    const std::string id =
        idOf(world.createBatch(idOf(world.upload(lines, "batch", as)), "/v1/chat/completions", as));
    CHECK(countsOf(world.over(id)) == "650 650 0");
    CHECK(world.upstream.seen().size() == kLines);
    CHECK_FALSE(
        listAll(world.routed.manage, "/logs?error_class=rate_limit_exceeded", "request_id", 100)
            .empty());
  }

  TEST_CASE("a provider that has no time is asked again") {
    std::atomic<int> refusals{5};
    FakeUpstream upstream([&](const http::ExchangePtr& exchange) {
      if (refusals.fetch_sub(1) > 0) return fail(exchange, 429, {{"retry-after-ms", "1"}});
      answerByModel(exchange);
    });
    LocalWorld world(upstream);
    const json::Document done = world.over(world.batch(chatLine("a", "oa/say-a")));
    CHECK(countsOf(done) == "1 1 0");
    CHECK(upstream.seen().size() == 6);
  }

  TEST_CASE("a batch that is cancelled midway ends with what it has") {
    HeldWorld world;
    std::string lines;
    for (int i = 0; i < 10; ++i) lines += chatLine(std::to_string(i), "oa/say-a");
    const std::string id = world.batch(lines);
    REQUIRE(world.held.wait(4));  // no more than those at once
    const Answer cancelled = world.send("POST", "/v1/batches/" + id + "/cancel");
    CHECK(contains(cancelled.body, R"("status":"cancelling")"));
    CHECK(contains(world.send("POST", "/v1/batches/" + id + "/cancel").body, "cancelling"));
    world.held.answer(answerByModel);
    const json::Document done = world.over(id);
    CHECK(textAt(done, "status") == "cancelled");
    CHECK(countsOf(done) == "10 4 6");
    CHECK(done.root().intAt("cancelled_at").value_or(0) > 0);
    CHECK(world.upstream.seen().size() == 4);
    const Lines errors = world.linesOf(textAt(done, "error_file_id"));
    CHECK(errors.count() == 6);
    CHECK(contains(errors.text, "batch_cancelled"));
  }

  TEST_CASE("what is not done when its time is over has expired") {
    std::atomic<int64_t> now{1'800'000'000'000};
    GatewayOptions options = unlimitedOptions();
    options.wall_clock = [&now] { return now.load(); };
    HeldWorld world(options);
    std::string lines;
    for (int i = 0; i < 6; ++i) lines += chatLine(std::to_string(i), "oa/say-a");
    const std::string id = world.batch(lines);
    REQUIRE(world.held.wait(4));
    now += 86'400'000;
    CHECK(eventually([&] {
      return contains(world.send("GET", "/v1/batches/" + id).body, R"("status":"finalizing")");
    }));
    world.held.answer(answerByModel);
    const json::Document done = world.over(id);
    CHECK(textAt(done, "status") == "expired");
    CHECK(countsOf(done) == "6 4 2");
    CHECK(contains(world.linesOf(textAt(done, "error_file_id")).text, "batch_expired"));
  }

  TEST_CASE("a key that is revoked ends its batches") {
    HeldWorld world;
    const Answer key =
        world.routed.manage.post(std::string(kBase) + "/api-keys",
                                 R"({"name":"k","project_id":")" + world.own_project + R"("})");
    const httplib::Headers as{{"Authorization", "Bearer " + dataText(key, "key")}};
    std::string lines;
    for (int i = 0; i < 6; ++i) lines += chatLine(std::to_string(i), "oa/say-a");
    const std::string id =
        idOf(world.createBatch(idOf(world.upload(lines, "batch", as)), "/v1/chat/completions", as));
    REQUIRE(world.held.wait(4));
    REQUIRE(
        world.routed.manage.del(std::string(kBase) + "/api-keys/" + dataText(key, "id")).status ==
        200);
    world.held.answer(answerByModel);
    const json::Document done = world.over(id);
    CHECK(textAt(done, "status") == "failed");
    CHECK(contains(done.root().text(), "api_key_revoked"));
    CHECK(countsOf(done) == "6 4 2");
    CHECK(world.upstream.seen().size() == 4);
  }

  TEST_CASE("a batch goes on after a restart: no line is lost, none that was over is made again") {
    TempDir dir;
    GatewayOptions options = unlimitedOptions();
    options.ephemeral = false;
    options.data_dir = dir.path();
    options.proxy_listen = options.manage_listen = "127.0.0.1:0";
    options.drain = std::chrono::seconds(0);
    constexpr int kLines = 20;
    std::string id, key;
    Held held;
    std::atomic<int> free{6};  // so many are answered at once
    FakeUpstream upstream([&](const http::ExchangePtr& exchange) {
      if (free.fetch_sub(1) > 0) return answerByModel(exchange);
      held.hold(exchange);
    });
    {
      LocalWorld world(upstream, options);
      key = world.routed.gateway.projectKey();
      std::string lines;
      for (int i = 0; i < kLines; ++i)
        lines += chatLine(std::to_string(i), "oa/say-" + std::to_string(i));
      id = world.batch(lines);
      REQUIRE(held.wait(4));
      CHECK(eventually([&] {
        return countsOf(parsed(world.send("GET", "/v1/batches/" + id).body)) == "20 6 0";
      }));
    }
    // Half a line, as a machine that stops leaves one.
    for (const auto& entry : std::filesystem::directory_iterator((dir / "files").string())) {
      const auto mode = entry.status().permissions();
      CHECK((mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
            std::filesystem::perms::none);
      if (entry.path().extension().empty()) continue;
      CHECK(entry.path().filename().string() == id + ".in");
    }
    tearOutput((dir / "files").string(), "0");
    free = 1'000;
    {
      Gateway again = Gateway::start(options);
      Api proxy(again.proxyUrl(), key);
      std::string shown;
      CHECK(eventually([&] {
        shown = proxy.get("/v1/batches/" + id).body;
        return contains(shown, R"("status":"completed")");
      }));
      const json::Document done = parsed(shown);
      CHECK(countsOf(done) == "20 20 0");
      const Lines output{
          proxy.get("/v1/files/" + textAt(done, "output_file_id") + "/content").body};
      CHECK(output.count() == kLines);
    }
    // Each of them was made once, but for those that were under way when it stopped.
    std::map<std::string, int> made;
    for (const Seen& seen : upstream.seen()) ++made[seen.body];
    CHECK(made.size() == kLines);
    int twice = 0;
    for (const auto& [body, times] : made) {
      CHECK(times <= 2);
      twice += times == 2 ? 1 : 0;
    }
    CHECK(twice == 4);
    upstream.stop();
    held.drop();
  }

  TEST_CASE("Anthropic's batches are served by providers of another dialect") {
    LocalWorld world;
    const auto request = [](const std::string& id, const std::string& more) {
      return R"({"custom_id":")" + id + R"(","params":{"max_tokens":20,)" + more +
             R"("messages":[{"role":"user","content":"x"}]}})";
    };
    const std::string path = "/anthropic/v1/messages/batches";
    const Answer made =
        world.send("POST", path,
                   "{\"requests\":[\n" + request("good", R"("model":"oa/say-hello",)") + ",\n" +
                       request("bad", R"("model":"oa/fail-400",)") + "," +
                       request("streams", R"("model":"oa/say-x","stream":true,)") + "]}",
                   {{"anthropic-version", "2023-06-01"}});
    REQUIRE_MESSAGE(made.status == 200, made.body);
    CHECK(contains(made.body, R"("processing_status":"in_progress")"));
    CHECK(contains(made.body, R"("processing":3)"));
    const std::string id = idOf(made);
    std::string shown;
    CHECK(eventually([&] {
      shown = world.send("GET", path + "/" + id).body;
      return contains(shown, R"("processing_status":"ended")");
    }));
    CHECK(contains(shown, R"("succeeded":1,"errored":2)"));
    CHECK(contains(shown, R"("results_url":")" + world.routed.gateway.proxyUrl() + path + "/" + id +
                              R"(/results")"));
    const Lines results{world.send("GET", path + "/" + id + "/results").body};
    CHECK(results.ids() == "bad good streams");
    CHECK(contains(results.of("good"), R"("type":"succeeded","message":{)"));
    CHECK(contains(results.of("good"), R"("text":"hello")"));
    CHECK(contains(results.of("bad"), R"("type":"errored","error":{"type":"error")"));
    CHECK(contains(results.of("streams"), "do not stream"));
    CHECK(world.sendOther("GET", path + "/" + id + "/results").status == 404);
    CHECK(idsOf(world.send("GET", path)) == id);
    CHECK(contains(world.send("DELETE", path + "/" + id).body, "message_batch_deleted"));
    CHECK(idsOf(world.send("GET", path)).empty());
  }

  TEST_CASE("Anthropic's requests are checked when the batch is made") {
    LocalWorld world;
    const auto refusal = [&](const std::string& requests) {
      const Answer answer =
          world.send("POST", "/v1/messages/batches", R"({"requests":)" + requests + "}");
      CHECK(answer.status == 400);
      CHECK(contains(answer.body, R"("type":"error")"));
      return answer.body;
    };
    CHECK(contains(refusal("[]"), "requests"));
    CHECK(contains(refusal(R"([{"custom_id":"a b","params":{}}])"), "requests/0.custom_id"));
    CHECK(contains(refusal(R"([{"custom_id":"a","params":{}},{"custom_id":"a","params":{}}])"),
                   "requests/1.custom_id"));
    CHECK(contains(refusal(R"([{"custom_id":"a"}])"), "requests/0.params"));
    CHECK(idsOf(world.send("GET", "/v1/messages/batches")).empty());
  }

  TEST_CASE("no more lines are made at once than the gateway is told") {
    GatewayOptions options = unlimitedOptions();
    options.max_batch_lines = 2;
    options.max_batch_lines_total = 3;
    HeldWorld world(options);
    std::string lines;
    for (int i = 0; i < 5; ++i) lines += chatLine(std::to_string(i), "oa/say-a");
    const std::string first = world.batch(lines);
    const std::string second = world.batch(lines);
    // Both batches have their turn.
    REQUIRE(world.held.wait(3));
    size_t most = 0;
    for (int answered = 0; answered < 10;) {
      most = std::max(most, world.held.size());
      answered += static_cast<int>(world.held.answerOne(answerByModel));
      std::this_thread::yield();
    }
    CHECK(most == 3);
    CHECK(countsOf(world.over(first)) == "5 5 0");
    CHECK(countsOf(world.over(second)) == "5 5 0");
  }

  TEST_CASE("files and batches go when they are old") {
    std::atomic<int64_t> now{1'800'000'000'000};
    TempDir dir;
    GatewayOptions options = unlimitedOptions();
    options.wall_clock = [&now] { return now.load(); };
    options.ephemeral = false;
    options.data_dir = dir.path();
    options.proxy_listen = options.manage_listen = "127.0.0.1:0";
    options.file_days = 3;
    std::string key;
    {
      LocalWorld world(options);
      key = world.routed.gateway.projectKey();
      world.over(world.batch(chatLine("a", "oa/say-a")));
      CHECK(idsOf(world.send("GET", "/v1/files")).size() > 20);
    }
    now += 4 * 86'400'000LL;
    Gateway again = Gateway::start(options);
    Api proxy(again.proxyUrl(), key);
    CHECK(eventually([&] { return idsOf(proxy.get("/v1/files")).empty(); }));
    CHECK(eventually([&] { return idsOf(proxy.get("/v1/batches")).empty(); }));
    CHECK(eventually([&] { return std::filesystem::is_empty((dir / "files").string()); }));
  }

  TEST_CASE("more than there is room for is not kept") {
    GatewayOptions options = unlimitedOptions();
    options.file_bytes = 1'000;
    LocalWorld world(options);
    CHECK(world.upload(chatLine("a", "oa/say-a")).status == 200);
    const Answer refused = world.upload(std::string(900, 'x'));
    CHECK(refused.status == 413);
    CHECK(errorCode(refused) == "file_storage_full");
  }
}
