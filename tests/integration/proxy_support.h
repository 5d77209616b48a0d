#pragma once

#include <doctest/doctest.h>

#include <httplib.h>

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "json/writer.h"
#include "manage_support.h"
#include "support/fake_upstream.h"

// What the tests of routing over real sockets share.
namespace penstock::test {

// Nobody waits for the rate limit in tests of other things.
inline GatewayOptions unlimitedOptions() {
  GatewayOptions options = quietOptions();
  options.rate_limit_rpm = 1'000'000;
  return options;
}

// A whole chat answer: 10 tokens in, 5 out.
inline std::string completion(const std::string& text, const std::string& model = "m") {
  std::string out;
  json::Writer w(out);
  w.beginObject().field("id", "1").field("object", "chat.completion").field("model", model);
  w.field("created", 1).key("choices").beginArray().beginObject().field("index", 0);
  w.key("message").beginObject().field("role", "assistant").field("content", text).endObject();
  w.field("finish_reason", "stop").endObject().endArray();
  w.rawField("usage", R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})");
  w.endObject();
  return out;
}

inline std::string chunk(const std::string& delta, const std::string& finish = "null") {
  return R"({"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":)" +
         delta + R"(,"finish_reason":)" + finish + "}]}";
}
inline std::string says(const std::string& text) {
  return chunk(R"({"content":")" + text + R"("})");
}

// Answers with an error of this status.
inline void fail(const http::ExchangePtr& exchange, int status, const http::Headers& headers = {}) {
  exchange->respond(
      {status, "application/json", R"({"error":{"message":"no","code":"c"}})", headers});
}

// Answers by the model's name: "say-TEXT" says TEXT, "fail-STATUS" fails; else it says its name.
inline void answerByModel(const http::ExchangePtr& exchange) {
  const auto body = json::parse(exchange->request().body);
  const std::string model(body->root().stringAt("model").value_or(""));
  if (model.starts_with("fail-")) return fail(exchange, std::stoi(model.substr(5)));
  const std::string text = model.starts_with("say-") ? model.substr(4) : model;
  exchange->respond({200, "application/json", completion(text, model), {}});
}

// The same after a while, on the upstream's own loop.
inline FakeUpstream::Script answerAfter(std::chrono::milliseconds wait) {
  return [wait](const http::ExchangePtr& exchange) {
    auto timer = std::make_shared<std::unique_ptr<http::Timer>>();
    *timer = std::make_unique<http::Timer>(exchange->loop(), [exchange, timer] {
      answerByModel(exchange);
      exchange->loop().post([timer] { timer->reset(); });
    });
    (*timer)->armIn(wait);
  };
}

// Whether it becomes true, in ten seconds at most.
inline bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// Keeps requests unanswered until the test says what to answer, or their callers leave. Outlives
// the upstream whose script it is part of.
class Held {
 public:
  // On the upstream's loop.
  void hold(const http::ExchangePtr& exchange) {
    std::lock_guard lock(mutex_);
    held_.push_back(exchange);
    changed_.notify_all();
  }
  FakeUpstream::Script script() {
    return [this](const http::ExchangePtr& exchange) { hold(exchange); };
  }
  bool wait(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return held_.size() >= count; });
  }
  // All that are held, on their loop.
  void answer(const std::function<void(const http::ExchangePtr&)>& with) {
    std::lock_guard lock(mutex_);
    for (http::ExchangePtr& exchange : held_) {
      http::Loop& loop = exchange->loop();
      loop.post([with, exchange = std::move(exchange)] { with(exchange); });
    }
    held_.clear();
  }
  size_t size() {
    std::lock_guard lock(mutex_);
    return held_.size();
  }
  // The one that has been held longest; false where there is none.
  bool answerOne(const std::function<void(const http::ExchangePtr&)>& with) {
    std::lock_guard lock(mutex_);
    if (held_.empty()) return false;
    http::Loop& loop = held_.front()->loop();
    loop.post([with, exchange = std::move(held_.front())] { with(exchange); });
    held_.erase(held_.begin());
    return true;
  }
  // Once the upstream has stopped.
  void drop() {
    std::lock_guard lock(mutex_);
    held_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::vector<http::ExchangePtr> held_;
};

// An upstream whose requests are held.
struct SilentUpstream {
  SilentUpstream() : upstream(held.script()) {}
  ~SilentUpstream() {
    upstream.stop();
    held.drop();  // before the loop that they live on
  }
  Held held;
  FakeUpstream upstream;
};

// A gateway whose providers and routing configs the test makes.
struct Routed {
  explicit Routed(GatewayOptions options = unlimitedOptions())
      : gateway(Gateway::start(std::move(options))),
        manage(manageOf(gateway)),
        proxy(proxyOf(gateway)) {}

  // Its id. `more`: further fields, ",\"quota_group\":\"g\"".
  std::string provider(const std::string& name, const std::string& url,
                       const std::string& more = "", const std::string& vendor = "openai") {
    const Answer made = manage.post(
        std::string(kBase) + "/providers",
        R"({"verify":false,"private":true,"api_key":"sk-1234567890","vendor":")" + vendor +
            R"(","name":")" + name + R"(","base_url":")" + url + "\"" + more + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    return dataText(made, "id");
  }
  Answer save(const std::string& slug, const std::string& policy, const std::string& config) {
    return manage.post(std::string(kBase) + "/routing-configs",
                       R"({"name":")" + slug + R"(","slug":")" + slug + R"(","policy":")" + policy +
                           R"(","config":)" + config + "}");
  }
  void config(const std::string& slug, const std::string& policy, const std::string& config) {
    const Answer saved = save(slug, policy, config);
    REQUIRE_MESSAGE(saved.status == 201, saved.body);
  }
  // An organization's budget that blocks.
  void budget() {
    const Answer made =
        manage.post(std::string(kBase) + "/budgets",
                    R"({"name":"b","scope":"organization","cap_usd":100000,"period":"monthly"})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    budget_id = dataText(made, "id");
  }

  static std::string chatBody(const std::string& slug, const std::string& more = "") {
    return R"({"model":"@)" + slug +
           R"(","max_tokens":20,"messages":[{"role":"user","content":"x"}])" + more + "}";
  }
  Answer ask(const std::string& slug, const std::string& more = "") {
    return proxy.post("/v1/chat/completions", chatBody(slug, more));
  }

  std::string budgetText(const std::string& field) {
    return dataText(manage.get(std::string(kBase) + "/budgets/" + budget_id + "/status"), field);
  }
  // Nothing is reserved any more, and what was spent is what the log says.
  void checkMoney() {
    CHECK(budgetText("reserved_usd") == "0");
    int64_t logged = 0;
    for (const std::string& cost : listAll(manage, "/logs", "total_cost_usd", 100))
      logged += cost == "null" ? 0 : std::llround(std::stod(cost) * 1e9);
    CHECK(std::llround(std::stod(budgetText("spend_usd")) * 1e9) == logged);
  }

  // The request's decision as it is stored.
  json::Document traceOf(const std::string& request_id) {
    const Answer stored = manage.get(std::string(kBase) + "/logs/" + request_id + "/trace");
    REQUIRE_MESSAGE(stored.status == 200, stored.body);
    return parsed(dataOf(stored));
  }
  json::Document traceOf(const Answer& answer) {
    return traceOf(answer.header("X-Modelux-Request-Id"));
  }
  // The newest row, once it satisfies; rows of callers who left come when they come.
  json::Document lastRow(const std::function<bool(json::ValueRef)>& satisfies) {
    std::string found = "{}";
    CHECK(eventually([&] {
      const auto list = parsed(manage.get(std::string(kBase) + "/logs?limit=1").body);
      const auto rows = list.root().find("data");
      if (rows->size() != 1 || !satisfies(rows->at(0))) return false;
      found = rows->at(0).text();
      return true;
    }));
    return parsed(found);
  }

  Gateway gateway;
  Api manage, proxy;
  std::string budget_id;

 private:
  static std::string dataOf(const Answer& answer) {
    return parsed(answer.body).root().find("data")->text();
  }
};

inline std::string contentOf(const Answer& answer) {
  const auto body = json::parse(answer.body);
  if (!body || !body->root().find("choices")) return "";
  return std::string(
      body->root().find("choices")->at(0).find("message")->stringAt("content").value_or(""));
}

// "timeout,ok"
inline std::string statusesOf(const json::Document& trace) {
  std::string statuses;
  for (const auto attempt : trace.root().find("attempts")->elements()) {
    if (!statuses.empty()) statuses += ',';
    statuses += attempt.stringAt("status").value_or("?");
  }
  return statuses;
}
inline std::string reasonOf(const json::Document& trace) {
  return std::string(trace.root().stringAt("reason").value_or(""));
}
inline std::string decisionOf(const json::Document& trace) {
  return std::string(trace.root().stringAt("decision").value_or(""));
}

// A caller who asks and can leave before there is an answer.
class Leaver {
 public:
  Leaver(const Routed& routed, const std::string& body,
         const std::string& path = "/v1/chat/completions")
      : client_(routed.gateway.proxyUrl()), thread_([this, body, path, &routed] {
          client_.Post(path, {{"Authorization", "Bearer " + routed.gateway.projectKey()}}, body,
                       "application/json");
        }) {}
  void leave() {
    client_.stop();
    thread_.join();
  }
  ~Leaver() {
    if (thread_.joinable()) leave();
  }

 private:
  httplib::Client client_;
  std::thread thread_;
};

}  // namespace penstock::test
