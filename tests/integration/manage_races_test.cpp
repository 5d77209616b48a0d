#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

constexpr int kWriters = 8;
constexpr int kEdits = 100;

struct Seen {
  int64_t version = 0;
  std::string model;
};

// What the proxy would do with the config right now.
Seen seen(Api& proxy) {
  const Answer answer = proxy.post(
      "/v1/dry-run",
      R"({"model":"@raced","mlx:trace":true,"messages":[{"role":"user","content":"x"}]})");
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  const auto document = parsed(answer.body);
  const auto trace = *document.root().find("mlx:trace");
  return {trace.intAt("config_version").value_or(0),
          std::string(*trace.find("candidates")->at(0).stringAt("model"))};
}

// Shared by the threads of the test.
struct Race {
  std::atomic<int> number{0}, saved{0}, lost{0}, odd{0};
  std::atomic<bool> finished{false};
  std::mutex mutex;
  std::map<int64_t, std::string> written;  // model by version
  std::vector<Seen> read;
};

void write(const Gateway& gateway, const std::string& path, Race& race) {
  Api manage = manageOf(gateway);
  Api proxy = proxyOf(gateway);
  while (race.saved < kEdits) {
    const std::string version = dataText(manage.get(path), "version");
    const std::string model = "m" + std::to_string(++race.number);
    const Answer answer = manage.patch(
        path, R"({"config":{"model":"demo/)" + model + R"("},"expected_version":)" + version + "}");
    if (answer.status == 409) {
      CHECK(errorCode(answer) == "version_conflict");
      ++race.lost;
      continue;
    }
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    ++race.saved;
    const int64_t mine = std::stoll(dataText(answer, "version"));
    // In force by the time it is answered: no later than the next request.
    if (seen(proxy).version < mine) ++race.odd;
    const std::lock_guard lock(race.mutex);
    if (!race.written.emplace(mine, model).second) ++race.odd;
  }
}

void read(const Gateway& gateway, Race& race) {
  Api proxy = proxyOf(gateway);
  int64_t last = 0;
  while (!race.finished) {
    const Seen now = seen(proxy);
    if (now.version < last) ++race.odd;
    last = now.version;
    const std::lock_guard lock(race.mutex);
    race.read.push_back(now);
  }
}

}  // namespace

TEST_SUITE("manage/races") {
  TEST_CASE(
      "a routing config edited by 8 writers at once: no gap, no duplicate, every lost race a 409, "
      "never half of one on the proxy") {
    GatewayOptions options = quietOptions();
    options.rate_limit_rpm = 10'000'000;
    Gateway gateway = Gateway::start(options);
    Api manage = manageOf(gateway);
    const Answer made =
        manage.post("/manage/v1/routing-configs",
                    R"({"name":"Raced","policy":"single","config":{"model":"demo/m0"}})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    const std::string path = "/manage/v1/routing-configs/" + dataText(made, "id");
    Race race;
    race.written.emplace(1, "m0");
    std::jthread reader([&] { read(gateway, race); });
    {
      std::vector<std::jthread> writers;
      for (int i = 0; i < kWriters; ++i) {
        writers.emplace_back([&] { write(gateway, path, race); });
      }
    }
    race.finished = true;
    reader.join();
    CHECK(race.odd == 0);
    CHECK(race.lost > 0);
    CHECK(race.written.size() == static_cast<size_t>(race.saved) + 1);
    int64_t expected = 0;
    for (const auto& [version, model] : race.written) CHECK(version == ++expected);
    for (const Seen& one : race.read) CHECK(one.model == race.written[one.version]);
    CHECK(listAll(manage, path.substr(std::string(kBase).size()) + "/versions", "version").size() ==
          race.written.size());
  }
}
