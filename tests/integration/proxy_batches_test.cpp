// Batches: what they may cost is set aside, and what they cost is charged, once.
#include "proxy_files_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// gpt-4o-mini costs $0.15 and $0.60 a million tokens, half of it in a batch: what outputLine() is.
constexpr const char* kLineUsd = "0.000105";

// A project's budget that blocks.
std::string addBudget(FilesWorld& world, const std::string& cap) {
  const Answer made = world.routed.manage.post(
      std::string(kBase) + "/budgets",
      R"({"name":"b","scope":"organization","period":"monthly","cap_usd":)" + cap + "}");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  world.routed.budget_id = dataText(made, "id");
  return world.routed.budget_id;
}

// The row of the log that a batch's cost is, once it is there.
std::string usageRow(FilesWorld& world) {
  std::string found;
  CHECK(eventually([&] {
    const auto list = parsed(world.routed.manage.get(std::string(kBase) + "/logs?limit=50").body);
    for (const auto row : list.root().find("data")->elements()) {
      if (row.stringAt("endpoint") == "batches.usage") found = row.text();
    }
    return !found.empty();
  }));
  return found;
}

}  // namespace

TEST_SUITE("proxy/batches") {
  TEST_CASE("a batch is made of a file of the project's, at that file's provider") {
    FilesWorld world;
    world.routed.provider("second", world.upstream.baseUrl());
    const Answer file =
        world.upload(batchLine("a"), "batch", "/v1/files", {{"X-Penstock-Provider", "second"}});
    const Answer made = world.createBatch(idOf(file));
    REQUIRE_MESSAGE(made.status == 200, made.body);
    CHECK(made.header("X-Modelux-Provider-Used") == "openai");
    CHECK(made.header("X-Modelux-Model-Used") == "gpt-4o-mini");
    const Seen seen = world.upstream.seen().back();
    CHECK(seen.target == "/v1/batches");
    CHECK(contains(seen.body, R"("completion_window":"24h")"));
    const std::string id = idOf(made);
    CHECK(contains(world.send("GET", "/v1/batches/" + id).body, R"("status":"in_progress")"));
    CHECK(contains(world.send("POST", "/v1/batches/" + id + "/cancel").body, "cancelling"));
    CHECK(world.upstream.seen().back().target == "/v1/batches/" + id + "/cancel");
  }

  TEST_CASE("what a batch may cost is set aside, and what it cost is charged at half the price") {
    FilesWorld world;
    addBudget(world, "10");
    const std::string id = world.batch(batchLine("a") + batchLine("b"));
    CHECK(std::stod(world.routed.budgetText("reserved_usd")) > 0);
    CHECK(world.routed.budgetText("spend_usd") == "0");
    world.provider.complete(id, outputLine("a") + outputLine("b"));
    const Answer done = world.send("GET", "/v1/batches/" + id);
    CHECK(contains(done.body, R"("output_file_id":"file-out-)" + id));
    // The output is the project's at once, and another's never.
    const std::string output = "/v1/files/file-out-" + id;
    CHECK(world.send("GET", output + "/content").body == outputLine("a") + outputLine("b"));
    CHECK(world.sendOther("GET", output + "/content").status == 404);
    CHECK(eventually([&] { return world.routed.budgetText("spend_usd") == "0.00021"; }));
    CHECK(world.routed.budgetText("reserved_usd") == "0");
    const std::string row = usageRow(world);
    CHECK(contains(row, R"("model":"gpt-4o-mini")"));
    CHECK(contains(row, R"("total_cost_usd":0.00021)"));
    // Once, however often it is looked at.
    for (int i = 0; i < 3; ++i) world.send("GET", "/v1/batches/" + id);
    CHECK(eventually(
        [&] { return contains(world.send("GET", "/v1/files").body, "file-out-" + id); }));
    CHECK(world.routed.budgetText("spend_usd") == "0.00021");
    world.routed.checkMoney();
  }

  TEST_CASE("a budget that does not have it refuses the batch before the provider hears of it") {
    FilesWorld world;
    addBudget(world, "0.00001");
    const std::string file = idOf(world.upload(batchLine("a")));
    const size_t before = world.upstream.seen().size();
    const Answer refused = world.createBatch(file);
    CHECK(refused.status == 402);
    CHECK(contains(refused.body, R"("type":"budget_exceeded")"));
    CHECK(refused.header("X-Modelux-Budget-Name") == "b");
    const Answer anthropic = world.send(
        "POST", "/anthropic/v1/messages/batches",
        R"({"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":1000,)"
        R"("messages":[{"role":"user","content":"x"}]}}]})");
    CHECK(anthropic.status == 402);
    CHECK(contains(anthropic.body, R"("type":"error")"));
    CHECK(world.upstream.seen().size() == before);
    CHECK(world.routed.budgetText("reserved_usd") == "0");
  }

  TEST_CASE("batches together do not get more than the budget has") {
    FilesWorld world;
    const std::string budget = addBudget(world, "10");
    world.batch(batchLine("a"));
    const double each = std::stod(world.routed.budgetText("reserved_usd"));
    REQUIRE(world.routed.manage
                .patch(std::string(kBase) + "/budgets/" + budget,
                       R"({"cap_usd":)" + std::to_string(each * 3.5) + "}")
                .status == 200);
    int made = 1;
    for (int i = 0; i < 6; ++i) {
      const std::string file = idOf(world.upload(batchLine("a")));
      if (world.createBatch(file).status == 200) ++made;
    }
    CHECK(made == 3);
  }

  TEST_CASE("a batch that failed costs nothing, and gives back what was set aside") {
    FilesWorld world;
    addBudget(world, "10");
    const std::string id = world.batch(batchLine("a"));
    world.provider.complete(id, "", "failed");
    world.send("GET", "/v1/batches/" + id);
    CHECK(eventually([&] { return world.routed.budgetText("reserved_usd") == "0"; }));
    CHECK(world.routed.budgetText("spend_usd") == "0");
  }

  TEST_CASE(
      "an output that is gone costs what was set aside, and cannot be deleted before it counts") {
    FilesWorld world;
    addBudget(world, "10");
    const std::string id = world.batch(batchLine("a"));
    const std::string most = world.routed.budgetText("reserved_usd");
    world.provider.complete(id, outputLine("a"));
    world.provider.forget("file-out-" + id);
    world.send("GET", "/v1/batches/" + id);
    CHECK(eventually([&] { return world.routed.budgetText("spend_usd") == most; }));
    CHECK_FALSE(usageRow(world).empty());
    world.routed.checkMoney();
  }

  TEST_CASE("the output of a batch stays until its cost is known") {
    FilesWorld world;
    const std::string id = world.batch(batchLine("a"));
    world.provider.complete(id, outputLine("a"));
    world.send("GET", "/v1/batches/" + id);
    const std::string output = "/v1/files/file-out-" + id;
    CHECK(eventually([&] {
      const int status = world.send("DELETE", output).status;
      CHECK((status == 200 || status == 409));
      return status == 200;
    }));
    CHECK_FALSE(usageRow(world).empty());
  }

  TEST_CASE("a batch of before a restart is charged after it, and binds the budget meanwhile") {
    TempDir dir;
    GatewayOptions options = unlimitedOptions();
    options.ephemeral = false;
    options.data_dir = dir.path();
    options.proxy_listen = options.manage_listen = "127.0.0.1:0";
    std::string key, manage_key, budget, batch, reserved;
    FileProvider provider;
    FakeUpstream upstream(provider.script());
    const auto status = [&](const Gateway& gateway, const std::string& field) {
      Api manage(gateway.manageUrl(), manage_key);
      return dataText(manage.get(std::string(kBase) + "/budgets/" + budget + "/status"), field);
    };
    {
      Routed routed(options);
      key = routed.gateway.projectKey();
      manage_key = routed.gateway.managementKey();
      routed.provider("oa", upstream.baseUrl());
      routed.budget();
      budget = routed.budget_id;
      httplib::Client client(routed.gateway.proxyUrl());
      const auto file = client.Post("/v1/files", {{"Authorization", "Bearer " + key}},
                                    FilesWorld::form(batchLine("a"), "batch"), FilesWorld::kForm);
      REQUIRE(file);
      const Answer made = routed.proxy.post(
          "/v1/batches", R"({"input_file_id":"file-1","endpoint":"/v1/chat/completions",)"
                         R"("completion_window":"24h"})");
      REQUIRE_MESSAGE(made.status == 200, made.body);
      batch = idOf(made);
      reserved = routed.budgetText("reserved_usd");
    }
    Gateway again = Gateway::start(options);
    CHECK(eventually([&] { return status(again, "reserved_usd") == reserved; }));
    provider.complete(batch, outputLine("a"));
    CHECK(Api(again.proxyUrl(), key).get("/v1/batches/" + batch).status == 200);
    CHECK(eventually([&] { return status(again, "spend_usd") == kLineUsd; }));
    CHECK(status(again, "reserved_usd") == "0");
  }

  TEST_CASE("keys confined to models, and projects with guardrails, are so in batches too") {
    FilesWorld world;
    const std::string file = idOf(world.upload(batchLine("a")));
    const auto as = [&](const std::string& models) {
      return httplib::Headers{{"Authorization", "Bearer " + world.withKey(R"("allowed_models":[")" +
                                                                          models + R"("])")}};
    };
    CHECK(errorCode(world.createBatch(file, as("@default"))) == "model_not_allowed");
    CHECK(world.createBatch(file, as("oa/*")).status == 200);
    CHECK(world.createBatch(file, as("gpt-4o-mini")).status == 200);
    REQUIRE(
        world.routed.manage
            .patch(std::string(kBase) + "/projects/" + world.own_project,
                   R"({"settings":{"guardrails":[{"name":"k","kind":"keywords","keywords":["x"],)"
                   R"("action":"block"}]}})")
            .status == 200);
    CHECK(errorCode(world.createBatch(file)) == "guardrails_not_supported");
  }

  TEST_CASE("lines that could cost anything are refused when the file comes") {
    FilesWorld world;
    const auto refusal = [&](const std::string& lines) {
      const Answer answer = world.upload(lines);
      CHECK(answer.status == 400);
      return answer.body;
    };
    CHECK(contains(refusal(batchLine("a") + "{\"custom_id\":1}\n"), "request 2 of the batch"));
    CHECK(contains(refusal(batchLine("a", "@default")), "own models"));
    CHECK(contains(refusal(R"({"url":"/v1/images/generations","body":{"model":"m"}})"), "url"));
    CHECK(world.upstream.seen().empty());
    CHECK(errorCode(world.send("POST", "/v1/batches",
                               R"({"input_file_id":")" + idOf(world.upload(batchLine("a"))) +
                                   R"(","endpoint":"/v1/embeddings"})")) == "invalid_endpoint");
  }

  TEST_CASE("Anthropic's batches lead back to this gateway, and are charged when they have ended") {
    FilesWorld world;
    addBudget(world, "10");
    const std::string body =
        R"({"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":1000,)"
        R"("messages":[{"role":"user","content":"x"}]}}]})";
    const Answer made = world.send("POST", "/anthropic/v1/messages/batches?beta=true", body,
                                   {{"anthropic-version", "2023-06-01"},
                                    {"anthropic-beta", "message-batches-2024-09-24, Other"}});
    REQUIRE_MESSAGE(made.status == 200, made.body);
    const Seen seen = world.upstream.seen().back();
    CHECK(seen.target == "/v1/messages/batches?beta=true");
    CHECK(seen.body == body);
    CHECK(seen.header("anthropic-beta") == "message-batches-2024-09-24, Other");
    CHECK(seen.header("x-api-key") == "sk-1234567890");
    const std::string id = idOf(made);
    const std::string path = "/anthropic/v1/messages/batches/" + id;
    CHECK(world.send("DELETE", path).status == 409);
    const std::string output =
        R"({"custom_id":"a","result":{"type":"succeeded","message":{"model":"claude-haiku-4-5",)"
        R"("content":[],"usage":{"input_tokens":1000,"output_tokens":100}}}})"
        "\n";
    world.provider.complete(id, output, "ended");
    const Answer ended = world.send("GET", path);
    CHECK(contains(ended.body,
                   R"("results_url":")" + world.routed.gateway.proxyUrl() + path + R"(/results")"));
    CHECK(world.send("GET", path + "/results").body == output);
    CHECK(world.send("GET", "/v1/messages/batches/" + id + "/results").body == output);
    CHECK(world.sendOther("GET", path + "/results").status == 404);
    // $1 and $5 a million tokens, halved.
    CHECK(eventually([&] { return world.routed.budgetText("spend_usd") == "0.00075"; }));
    const Answer list = world.send("GET", "/anthropic/v1/messages/batches");
    CHECK(idsOf(list) == id);
    CHECK(contains(list.body, world.routed.gateway.proxyUrl()));
    CHECK(eventually([&] { return world.send("DELETE", path).status == 200; }));
    CHECK(idsOf(world.send("GET", "/anthropic/v1/messages/batches")).empty());
  }

  TEST_CASE("Anthropic's lists go both ways") {
    FilesWorld world;
    for (int i = 0; i < 4; ++i) REQUIRE(world.upload("x", "", "/anthropic/v1/files").status == 200);
    const auto list = [&](const std::string& query) {
      return idsOf(world.send("GET", "/anthropic/v1/files?" + query));
    };
    CHECK(list("limit=2") == "file_04 file_03");
    CHECK(list("limit=2&after_id=file_03") == "file_02 file_01");
    CHECK(list("limit=2&before_id=file_01") == "file_03 file_02");
    CHECK(world.send("GET", "/anthropic/v1/files?after_id=file_01&before_id=file_02").status ==
          400);
    // With the header of Anthropic's clients, /v1/files is Anthropic's.
    CHECK(idsOf(world.send("GET", "/v1/files", "", {{"anthropic-version", "2023-06-01"}})) ==
          "file_04 file_03 file_02 file_01");
    CHECK(idsOf(world.send("GET", "/v1/files")).empty());
  }

  TEST_CASE("a batch whose caller leaves is made all the same, and is the project's") {
    Held held;
    FakeUpstream upstream([&](const http::ExchangePtr& exchange) {
      if (exchange->request().path == "/v1/batches") return held.hold(exchange);
      exchange->respond({200, "application/json", R"({"id":"file-1","status":"processed"})", {}});
    });
    Routed routed;
    routed.provider("oa", upstream.baseUrl());
    routed.budget();
    httplib::Client client(routed.gateway.proxyUrl());
    const httplib::Headers key{{"Authorization", "Bearer " + routed.gateway.projectKey()}};
    REQUIRE(client.Post("/v1/files", key, FilesWorld::form(batchLine("a"), "batch"),
                        FilesWorld::kForm));
    httplib::Client leaver(routed.gateway.proxyUrl());
    std::thread caller([&] {
      leaver.Post("/v1/batches", key,
                  R"({"input_file_id":"file-1","endpoint":"/v1/chat/completions"})",
                  "application/json");
    });
    REQUIRE(held.wait(1));
    leaver.stop();
    caller.join();
    held.answer([](const http::ExchangePtr& exchange) {
      exchange->respond({200, "application/json", R"({"id":"batch_1","status":"validating"})", {}});
    });
    CHECK(eventually([&] { return idsOf(routed.proxy.get("/v1/batches")) == "batch_1"; }));
    CHECK(routed.budgetText("reserved_usd") != "0");
    upstream.stop();
    held.drop();
  }

  TEST_CASE("without another provider the demo's batches can be tried") {
    Routed routed;
    httplib::Client client(routed.gateway.proxyUrl());
    const httplib::Headers key{{"Authorization", "Bearer " + routed.gateway.projectKey()}};
    const auto file =
        client.Post("/v1/files", key, FilesWorld::form(batchLine("a", "demo-chat"), "batch"),
                    FilesWorld::kForm);
    REQUIRE(file);
    REQUIRE_MESSAGE(file->status == 200, file->body);
    const std::string input(parsed(file->body).root().stringAt("id").value());
    const Answer made = routed.proxy.post(
        "/v1/batches", R"({"input_file_id":")" + input + R"(","endpoint":"/v1/chat/completions"})");
    REQUIRE_MESSAGE(made.status == 200, made.body);
    std::string output;
    CHECK(eventually([&] {
      const auto batch = parsed(routed.proxy.get("/v1/batches/" + idOf(made)).body);
      output = batch.root().stringAt("output_file_id").value_or("");
      return batch.root().stringAt("status") == "completed";
    }));
    const Answer content = routed.proxy.get("/v1/files/" + output + "/content");
    CHECK(contains(content.body, R"("custom_id":"a")"));
    CHECK(contains(content.body, R"("status_code":200)"));
  }
}
