#pragma once

#include <doctest/doctest.h>

#include <mutex>
#include <set>
#include <string>

#include "integration/manage_support.h"
#include "matrix/exchange.h"
#include "support/fake_upstream.h"

namespace penstock::test::matrix {

// Plays cells through a whole gateway over sockets: a real caller in front, the provider's recorded
// answer behind. Its clock stands still, so that what it writes is the same in every run.
class GatewayPlayer {
 public:
  GatewayPlayer()
      : upstream_([this](const http::ExchangePtr& exchange) { answer(exchange); }),
        gateway_(Gateway::start(options())) {}

  Exchange play(const Cell& cell) {
    {
      std::lock_guard lock(mutex_);
      recorded_ = recordedOf(cell);
    }
    const size_t before = upstream_.seen().size();
    const std::string model = providerFor(cell) + "/" + cell.model();
    const Answer answer = proxyOf(gateway_).send("POST", pathOf(cell, model),
                                                 requestOf(cell, model), headersOf(cell));
    Exchange played;
    const auto seen = upstream_.seen();
    played.asked = seen.size() > before;
    if (played.asked) {
      played.target = seen.back().method + " " + seen.back().target;
      played.sent = seen.back().body;
    }
    played.status = answer.status;
    played.type = answer.header("Content-Type");
    played.dropped = answer.header("X-Penstock-Dropped");
    played.answer = withoutId(answer.body, answer.header("X-Modelux-Request-Id"));
    return played;
  }

 private:
  static GatewayOptions options() {
    GatewayOptions options = quietOptions();
    options.rate_limit_rpm = 1'000'000;
    options.wall_clock = [] { return int64_t{1'764'000'000'000}; };
    return options;
  }

  void answer(const http::ExchangePtr& exchange) {
    std::lock_guard lock(mutex_);
    exchange->respond({recorded_.status, recorded_.type, recorded_.body, {}});
  }

  // A provider that has failed is left alone for a while, so each failure has one of its own.
  std::string providerFor(const Cell& cell) {
    std::string name = cell.provider->name;
    if (cell.fails()) name += "-" + std::to_string(++failures_);
    if (!added_.insert(name).second) return name;
    std::string address = upstream_.baseUrl();
    // OpenAI's paths begin after /v1, those of the others with it.
    if (std::string_view(cell.provider->vendor) != "openai") address.resize(address.size() - 3);
    const Answer made = manageOf(gateway_).post(
        "/manage/v1/providers",
        R"({"verify":false,"private":true,"api_key":"sk-1234567890","vendor":")" +
            std::string(cell.provider->vendor) + R"(","name":")" + name + R"(","base_url":")" +
            address + "\"" + cell.provider->fields + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    return name;
  }

  static std::string pathOf(const Cell& cell, const std::string& model) {
    switch (cell.surface->dialect) {
      case Dialect::Anthropic: return "/anthropic/v1/messages";
      case Dialect::Responses: return "/v1/responses";
      case Dialect::Gemini:
        return "/v1beta/models/" + model +
               (cell.stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
      default: return "/v1/chat/completions";
    }
  }
  static httplib::Headers headersOf(const Cell& cell) {
    if (cell.surface->dialect != Dialect::Anthropic) return {};
    return {{"anthropic-version", "2023-06-01"}};
  }

  static std::string withoutId(std::string text, const std::string& id) {
    for (size_t at = text.find(id); !id.empty() && at != std::string::npos; at = text.find(id, at))
      text.replace(at, id.size(), "REQUEST");
    return text;
  }

  std::mutex mutex_;
  Recorded recorded_;  // guarded by mutex_: read on the upstream's thread
  FakeUpstream upstream_;
  Gateway gateway_;
  std::set<std::string> added_;  // providers
  int failures_ = 0;
};

}  // namespace penstock::test::matrix
