// OpenAI's files and batches, passed through to their provider.
#include "proxy_files_support.h"

using namespace penstock;
using namespace penstock::test;

TEST_SUITE("proxy/files") {
  TEST_CASE("a file goes up and comes down as it is, byte for byte") {
    FilesWorld world;
    std::string bytes("\0\xff\r\n--BOUN\x80", 11);
    bytes += std::string(300'000, 'z');
    const Answer made = world.upload(bytes, "user_data");
    REQUIRE_MESSAGE(made.status == 200, made.body);
    const Seen seen = world.upstream.seen().at(0);
    CHECK(seen.method == "POST");
    CHECK(seen.target == "/v1/files");
    CHECK(seen.body == FilesWorld::form(bytes, "user_data"));
    CHECK(seen.header("Content-Type") == FilesWorld::kForm);
    CHECK(seen.header("Authorization") == "Bearer sk-1234567890");
    CHECK(made.header("X-Modelux-Request-Id").size() == 36);
    CHECK(made.header("X-Modelux-Provider-Used") == "openai");
    const std::string id = idOf(made);
    CHECK(world.send("GET", "/openai/v1/files/" + id).body == made.body);
    const Answer content = world.send("GET", "/v1/files/" + id + "/content");
    CHECK(content.body == bytes);
    CHECK(content.header("Content-Type") == "application/octet-stream");
    CHECK(content.header("Content-Disposition") == "attachment; filename=\"a.jsonl\"");
    CHECK(content.header("X-Modelux-Provider-Used") == "openai");
    CHECK(contains(world.send("DELETE", "/v1/files/" + id).body, R"("deleted":true)"));
    CHECK(world.send("GET", "/v1/files/" + id).status == 404);
  }

  TEST_CASE("every request is a row of the log, with its endpoint and provider") {
    FilesWorld world;
    const std::string batch = world.batch(batchLine("a"));
    world.send("GET", "/v1/batches/" + batch);
    world.send("GET", "/v1/files/nothing");
    const auto endpoints = listAll(world.routed.manage, "/logs", "endpoint");
    CHECK(endpoints == std::vector<std::string>{"files.retrieve", "batches.retrieve",
                                                "batches.create", "files.create"});
    CHECK(listAll(world.routed.manage, "/logs", "status") ==
          std::vector<std::string>{"404", "200", "200", "200"});
  }

  TEST_CASE("another project's files and batches are not there, in either dialect") {
    FilesWorld world;
    const std::string file = idOf(world.upload(batchLine("a")));
    const std::string batch = idOf(world.createBatch(file));
    const size_t before = world.upstream.seen().size();
    for (const auto& [method, path] : {std::pair{"GET", "/v1/files/" + file},
                                       {"GET", "/v1/files/" + file + "/content"},
                                       {"DELETE", "/v1/files/" + file},
                                       {"GET", "/v1/batches/" + batch},
                                       {"POST", "/v1/batches/" + batch + "/cancel"},
                                       {"GET", "/v1/files?after=" + file},
                                       {"GET", "/anthropic/v1/files/" + file},
                                       {"GET", "/anthropic/v1/messages/batches/" + batch}}) {
      INFO(path);
      const Answer answer = world.sendOther(method, path);
      CHECK(answer.status == 404);
      CHECK(contains(answer.body, path.starts_with("/anthropic") ? R"("type":"not_found_error")"
                                                                 : R"("code":"not_found")"));
    }
    CHECK(world
              .sendOther("POST", "/v1/batches",
                         R"({"input_file_id":")" + file +
                             R"(","endpoint":"/v1/chat/completions","completion_window":"24h"})")
              .status == 404);
    CHECK(idsOf(world.sendOther("GET", "/v1/files")).empty());
    CHECK(idsOf(world.sendOther("GET", "/v1/batches")).empty());
    CHECK(world.upstream.seen().size() == before);
    CHECK(idsOf(world.send("GET", "/v1/files")) == file);
    CHECK(idsOf(world.send("GET", "/v1/batches")) == batch);
  }

  TEST_CASE("lists have pages, an order and a purpose") {
    FilesWorld world;
    for (const char* purpose : {"batch", "user_data", "batch"})
      REQUIRE(world.upload(batchLine("a"), purpose).status == 200);
    CHECK(idsOf(world.send("GET", "/v1/files")) == "file-3 file-2 file-1");
    CHECK(idsOf(world.send("GET", "/v1/files?order=asc")) == "file-1 file-2 file-3");
    CHECK(idsOf(world.send("GET", "/v1/files?purpose=batch")) == "file-3 file-1");
    const Answer page = world.send("GET", "/v1/files?limit=2");
    CHECK(idsOf(page) == "file-3 file-2");
    CHECK(contains(page.body, R"("has_more":true)"));
    CHECK(contains(page.body, R"("last_id":"file-2")"));
    const Answer last = world.send("GET", "/v1/files?limit=2&after=file-2");
    CHECK(idsOf(last) == "file-1");
    CHECK(contains(last.body, R"("has_more":false)"));
    CHECK(world.send("GET", "/v1/files?order=up").status == 400);
    CHECK(world.send("GET", "/v1/files?limit=0").status == 400);
  }

  TEST_CASE("whose a file is outlives a restart") {
    TempDir dir;
    GatewayOptions options = unlimitedOptions();
    options.ephemeral = false;
    options.data_dir = dir.path();
    options.proxy_listen = options.manage_listen = "127.0.0.1:0";
    std::string key, other, file;
    FileProvider provider;
    FakeUpstream upstream(provider.script());
    {
      Routed routed(options);
      routed.provider("oa", upstream.baseUrl());
      key = routed.gateway.projectKey();
      httplib::Client client(routed.gateway.proxyUrl());
      const auto made = client.Post("/v1/files", {{"Authorization", "Bearer " + key}},
                                    FilesWorld::form("x", "user_data"), FilesWorld::kForm);
      REQUIRE(made);
      file = parsed(made->body).root().stringAt("id").value();
    }
    Gateway again = Gateway::start(options);
    Api api(again.proxyUrl(), key);
    CHECK(api.get("/v1/files/" + file).status == 200);
    CHECK(idsOf(api.get("/v1/files")) == file);
  }

  TEST_CASE("keys, addresses and the rate limit are checked as everywhere") {
    FilesWorld world;
    for (const std::string path : {"/v1/files", "/v1/batches", "/anthropic/v1/messages/batches"}) {
      CHECK(world.send("GET", path, "", {{"Authorization", "Bearer mlx_sk_wrong"}}).status == 401);
    }
    const std::string confined = world.withKey(R"("ip_allowlist":["10.0.0.0/8"])");
    const Answer elsewhere =
        world.send("GET", "/v1/files", "", {{"Authorization", "Bearer " + confined}});
    CHECK(elsewhere.status == 403);
    CHECK(errorCode(elsewhere) == "ip_not_allowed");
    const std::string slow = world.withKey(R"("rate_limit_rpm":1)");
    const httplib::Headers as_slow{{"Authorization", "Bearer " + slow}};
    CHECK(world.send("GET", "/v1/files", "", as_slow).status == 200);
    const Answer limited = world.send("GET", "/v1/files", "", as_slow);
    CHECK(limited.status == 429);
    CHECK_FALSE(limited.header("Retry-After").empty());
    CHECK(world.upstream.seen().empty());
  }

  TEST_CASE("what cannot be asked for is refused in words") {
    FilesWorld world;
    const auto code = [&](const Answer& answer) { return errorCode(answer); };
    CHECK(code(world.send("POST", "/v1/files", "{}")) == "invalid_multipart");
    CHECK(code(world.upload("x", "user_data", "/v1/files", {{"X-Penstock-Provider", "nobody"}})) ==
          "unknown_provider");
    allowProviderKeys(world.routed.manage);
    CHECK(code(world.upload("x", "user_data", "/v1/files", {{"X-Modelux-Provider-Key", "sk-x"}})) ==
          "byok_not_supported");
    CHECK(code(world.upload("no json", "batch")) == "invalid_batch_line");
    CHECK(world.upload("x", "user_data", "/v1/files?provider=oa").status == 200);
    CHECK(world.upstream.seen().size() == 1);
    CHECK(code(world.createBatch("file-1")) == "invalid_input_file");
  }

  TEST_CASE("a file may be larger than other requests, and has a bound too") {
    GatewayOptions options = unlimitedOptions();
    options.max_body_bytes = 100'000;
    options.max_file_bytes = 1'000'000;
    FilesWorld world(options);
    CHECK(world.upload(std::string(900'000, 'x'), "user_data").status == 200);
    CHECK(world.upload(std::string(1'100'000, 'x'), "user_data").status == 413);
    CHECK(world.send("POST", "/v1/batches", std::string(200'000, ' ')).status == 413);
  }

  TEST_CASE("a provider that fails, is silent or refuses is answered for as with chats") {
    GatewayOptions options = unlimitedOptions();
    options.first_byte_timeout = std::chrono::milliseconds(200);
    Held held;
    FakeUpstream upstream([&](const http::ExchangePtr& exchange) {
      const std::string body(exchange->request().body);
      if (contains(body, "silent")) return held.hold(exchange);
      if (contains(body, "credential")) return fail(exchange, 401);
      if (contains(body, "refused"))
        return exchange->respond(
            {400, "application/json", R"({"error":{"message":"bad purpose","code":"bad"}})", {}});
      if (contains(body, "garbage")) return exchange->respond({200, "application/json", "[]", {}});
      fail(exchange, 500);
    });
    Routed routed(options);
    routed.provider("oa", upstream.baseUrl());
    httplib::Client client(routed.gateway.proxyUrl());
    client.set_read_timeout(20);
    const auto answered = [&](const std::string& content) {
      const auto answer =
          client.Post("/v1/files", {{"Authorization", "Bearer " + routed.gateway.projectKey()}},
                      FilesWorld::form(content, "user_data"), FilesWorld::kForm);
      REQUIRE(answer);
      return Answer{answer->status, answer->body, answer->headers};
    };
    CHECK(answered("failing").status == 502);
    CHECK(answered("silent").status == 504);
    CHECK(errorCode(answered("credential")) == "provider_auth_failed");
    CHECK(errorCode(answered("garbage")) == "invalid_upstream_response");
    const Answer refused = answered("refused");
    CHECK(refused.status == 400);
    CHECK(contains(refused.body, "bad purpose"));
    upstream.stop();
    held.drop();
  }

  TEST_CASE("a file that breaks off is not taken for a whole one") {
    FakeUpstream upstream([](const http::ExchangePtr& exchange) {
      if (exchange->request().method == "POST")
        return exchange->respond({200, "application/json", R"({"id":"file-1"})", {}});
      exchange->start({200, "application/octet-stream", "", {}});
      exchange->write("half");
      exchange->abort();
    });
    Routed routed;
    routed.provider("oa", upstream.baseUrl());
    httplib::Client client(routed.gateway.proxyUrl());
    const httplib::Headers key{{"Authorization", "Bearer " + routed.gateway.projectKey()}};
    REQUIRE(client.Post("/v1/files", key, FilesWorld::form("x", "user_data"), FilesWorld::kForm));
    CHECK_FALSE(client.Get("/v1/files/file-1/content", key));
    routed.lastRow([](json::ValueRef row) { return row.intAt("status") == 502; });
  }

  TEST_CASE("a caller who leaves a download ends it at the provider") {
    std::mutex mutex;
    http::ExchangePtr open;
    FakeUpstream upstream([&](const http::ExchangePtr& exchange) {
      if (exchange->request().method == "POST")
        return exchange->respond({200, "application/json", R"({"id":"file-1"})", {}});
      exchange->start({200, "application/octet-stream", "", {}});
      exchange->write("half");
      const std::lock_guard lock(mutex);
      open = exchange;
    });
    {
      Routed routed;
      routed.provider("oa", upstream.baseUrl());
      httplib::Client client(routed.gateway.proxyUrl());
      const httplib::Headers key{{"Authorization", "Bearer " + routed.gateway.projectKey()}};
      REQUIRE(client.Post("/v1/files", key, FilesWorld::form("x", "user_data"), FilesWorld::kForm));
      CHECK_FALSE(
          client.Get("/v1/files/file-1/content", key, [](const char*, size_t) { return false; }));
      CHECK(upstream.waitGone(1));
      routed.lastRow([](json::ValueRef row) { return row.intAt("status") == 499; });
    }
    upstream.stop();
    const std::lock_guard lock(mutex);
    open.reset();
  }
}
