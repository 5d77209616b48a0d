#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/sync.h"
#include "integration/manage_support.h"
#include "support/http_server.h"

using namespace penstock;
using namespace penstock::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kMarker = "event: end";

// GET /logs/tail on a thread of its own, by a client that nobody here wrote, read to its end.
class Follower {
 public:
  Follower(Gateway& gateway, const std::string& key, const std::string& query = "")
      : thread_([this, url = gateway.manageUrl(), key, query] { read(url, key, query); }) {}
  // Whether it comes to be told of that request.
  bool isTold(const std::string& id) {
    return eventually([&] { return contains(*told_.lock(), id); });
  }
  const Answer& answer() {
    if (thread_.joinable()) thread_.join();
    return answer_;
  }
  ~Follower() { answer(); }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

 private:
  void read(const std::string& url, const std::string& key, const std::string& query) {
    httplib::Client client(url);
    client.set_read_timeout(20);
    httplib::Request request;
    request.method = "GET";
    request.path = "/manage/v1/logs/tail" + query;
    request.headers.emplace("Authorization", "Bearer " + key);
    request.content_receiver = [this](const char* data, size_t size, uint64_t, uint64_t) {
      told_.lock()->append(data, size);
      return true;
    };
    auto result = client.send(request);
    if (!result) return;
    result->body = *told_.lock();
    recordExchange(request, *result);
    answer_ = {result->status, result->body, result->headers};
  }

  Answer answer_;
  Sync<std::string> told_;
  std::thread thread_;
};

// So many follow, as /metrics says.
bool follow(const Gateway& gateway, int count) {
  Api open(gateway.manageUrl(), "");
  const std::string line = "\npenstock_log_followers " + std::to_string(count) + "\n";
  return eventually([&] { return contains(open.get("/metrics").body, line); });
}

std::string chat(Gateway& gateway, const std::string& model, const std::string& rest = "",
                 const std::string& key = "") {
  Api proxy(gateway.proxyUrl(), key.empty() ? gateway.projectKey() : key);
  return proxy
      .post(
          "/v1/chat/completions",
          R"({"model":")" + model + R"(","messages":[{"role":"user","content":"x"}])" + rest + "}")
      .header("X-Modelux-Request-Id");
}

// The rows that a stream told, as JSON.
std::vector<std::string> rows(const Answer& answer) {
  std::vector<std::string> rows;
  split(answer.body, '\n', [&](std::string_view line) {
    if (line.starts_with("data: {\"request_id\"")) rows.emplace_back(line.substr(6));
  });
  return rows;
}

std::vector<std::string> idsOf(const Answer& answer) {
  std::vector<std::string> ids;
  for (const std::string& row : rows(answer)) {
    ids.emplace_back(*parsed(row).root().stringAt("request_id"));
  }
  return ids;
}

struct Key {
  std::string id, secret;
};
Key makeKey(Gateway& gateway, const std::string& rest) {
  const Answer made = manageOf(gateway).post("/manage/v1/management-keys",
                                             R"({"name":"k","role":"viewer")" + rest + "}");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  return {dataText(made, "id"), dataText(made, "key")};
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_SUITE("manage/logs_tail") {
  TEST_CASE("finished requests are told as lists show them, until the gateway stops") {
    Gateway gateway = quietGateway();
    chat(gateway, "@default");
    gateway.flushLogs();
    Follower follower(gateway, gateway.managementKey());
    REQUIRE(follow(gateway, 1));
    const Ids sent = {chat(gateway, "@default", R"(,"mlx:tags":{"team":"ml"})"),
                      chat(gateway, "@nope")};
    const std::string listed = manageOf(gateway).get("/manage/v1/logs?limit=2").body;
    const auto stopping = std::chrono::steady_clock::now();
    CHECK(gateway.stop());
    CHECK(std::chrono::steady_clock::now() - stopping < 4s);
    const Answer& answer = follower.answer();
    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type") == "text/event-stream");
    CHECK(answer.header("X-Modelux-Request-Id").size() == 36);
    CHECK(idsOf(answer) == sent);
    for (const std::string& row : rows(answer)) CHECK_MESSAGE(contains(listed, row), row);
    CHECK(answer.body.ends_with("event: end\ndata: {\"reason\":\"draining\"}\n\n"));
  }

  TEST_CASE("what is told can be read") {
    Gateway gateway = quietGateway();
    RawSocket client = RawSocket::connect(static_cast<uint16_t>(
        std::stoi(gateway.manageUrl().substr(gateway.manageUrl().rfind(':') + 1))));
    client.send("GET /manage/v1/logs/tail HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " +
                gateway.managementKey() + "\r\n\r\n");
    REQUIRE(follow(gateway, 1));
    for (int i = 0; i < 3; ++i) {
      const std::string id = chat(gateway, "@default");
      CHECK(contains(client.readUntil(id), id));
      CHECK(manageOf(gateway).get("/manage/v1/logs/" + id).status == 200);
    }
    client.close();
    CHECK(follow(gateway, 0));
  }

  TEST_CASE("filters choose what is told") {
    Gateway gateway = quietGateway();
    const auto following = [&](const std::string& query) {
      return std::make_unique<Follower>(gateway, gateway.managementKey(), query);
    };
    const auto failed = following("?status=4xx");
    const auto of_ann = following("?endUser=ann&status=2xx");
    const auto of_team = following("?tags=%7B%22team%22%3A%22ml%22%7D&project_id=default");
    const auto of_error = following("?error_class=model_not_found");
    const auto slow = following("?min_latency_ms=60000");
    REQUIRE(follow(gateway, 5));
    const std::string ann = chat(gateway, "@default", R"(,"mlx:end_user":"ann")");
    const std::string team = chat(gateway, "@default", R"(,"mlx:tags":{"team":"ml"})");
    const std::string nope = chat(gateway, "@nope");
    CHECK(gateway.stop());
    CHECK(idsOf(failed->answer()) == Ids{nope});
    CHECK(idsOf(of_ann->answer()) == Ids{ann});
    CHECK(idsOf(of_team->answer()) == Ids{team});
    CHECK(idsOf(slow->answer()).empty());
    CHECK(contains(of_error->answer().body, kMarker));
  }

  TEST_CASE("a key confined to a project is told of that one only") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const std::string other =
        dataText(owner.post("/manage/v1/projects", R"({"name":"Other"})"), "id");
    const std::string other_key = dataText(
        owner.post("/manage/v1/api-keys", R"({"name":"k","project_id":")" + other + R"("})"),
        "key");
    const Key confined = makeKey(gateway, R"(,"project_ids":[")" + other + R"("])");
    Follower follower(gateway, confined.secret);
    REQUIRE(follow(gateway, 1));
    chat(gateway, "@default");
    const std::string seen = chat(gateway, "@default", "", other_key);
    chat(gateway, "@default");
    CHECK(gateway.stop());
    CHECK(idsOf(follower.answer()) == Ids{seen});
  }

  TEST_CASE("the stream ends when its key is revoked, and nothing is told from then on") {
    Gateway gateway = quietGateway();
    const Key key = makeKey(gateway, "");
    Follower follower(gateway, key.secret);
    REQUIRE(follow(gateway, 1));
    const std::string before = chat(gateway, "@default");
    gateway.flushLogs();
    // Told by the loop, which an answer to another request does not wait for.
    REQUIRE(follower.isTold(before));
    REQUIRE(manageOf(gateway).del("/manage/v1/management-keys/" + key.id).status == 200);
    chat(gateway, "@default");
    const Answer& answer = follower.answer();
    CHECK(idsOf(answer) == Ids{before});
    CHECK(answer.body.ends_with("event: end\ndata: {\"reason\":\"access_changed\"}\n\n"));
    CHECK(follow(gateway, 0));
  }

  TEST_CASE("the stream ends when its key is confined to other projects") {
    Gateway gateway = quietGateway();
    const Key key = makeKey(gateway, "");
    Follower follower(gateway, key.secret);
    REQUIRE(follow(gateway, 1));
    const std::string project =
        listAll(*std::make_unique<Api>(manageOf(gateway)), "/projects", "id").at(0);
    REQUIRE(manageOf(gateway)
                .patch("/manage/v1/management-keys/" + key.id,
                       R"({"project_ids":[")" + project + R"("]})")
                .status == 200);
    CHECK(contains(follower.answer().body, "access_changed"));
  }

  TEST_CASE("it ends after as many seconds as were asked for") {
    Gateway gateway = quietGateway();
    const auto begun = std::chrono::steady_clock::now();
    const Answer answer = manageOf(gateway).get("/manage/v1/logs/tail?seconds=1");
    CHECK(std::chrono::steady_clock::now() - begun >= 1s);
    CHECK(answer.body.ends_with("event: end\ndata: {\"reason\":\"time_over\"}\n\n"));
  }

  TEST_CASE("sixteen may follow at once; the next is told to come again") {
    Gateway gateway = quietGateway();
    std::vector<std::unique_ptr<Follower>> followers;
    for (int i = 0; i < 16; ++i) {
      followers.push_back(
          std::make_unique<Follower>(gateway, gateway.managementKey(), "?seconds=3"));
    }
    REQUIRE(follow(gateway, 16));
    const Answer refused = manageOf(gateway).get("/manage/v1/logs/tail");
    CHECK(refused.status == 429);
    CHECK(errorCode(refused) == "too_many_followers");
    CHECK(refused.header("Retry-After") == "1");
    followers.clear();
    CHECK(manageOf(gateway).get("/manage/v1/logs/tail?seconds=0").status == 200);
  }

  TEST_CASE("a HEAD gets the head, and wrong parameters and strangers no stream") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer head = api.send("HEAD", "/manage/v1/logs/tail", "");
    CHECK(head.status == 200);
    CHECK(head.header("Content-Type") == "text/event-stream");
    for (const char* query : {"?cursor=x", "?start=2020-01-01", "?limit=5", "?seconds=-1",
                              "?seconds=86401", "?status=600"}) {
      INFO(query);
      CHECK(api.get(std::string("/manage/v1/logs/tail") + query).status == 422);
    }
    CHECK(api.get("/manage/v1/logs/tail?project_id=default&seconds=0").status == 200);
    CHECK(Api(gateway.manageUrl(), "").get("/manage/v1/logs/tail").status == 401);
    CHECK(follow(gateway, 0));
  }
}
