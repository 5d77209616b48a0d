#include "proxy/batch_lines.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "base/text.h"
#include "http/collector.h"
#include "proxy/pipeline.h"
#include "proxy/surface.h"

namespace penstock::proxy {
namespace {

using executor::LineAnswer;
using executor::LineOrigin;

constexpr size_t kMostKeys = 1'024;  // that are remembered

// What was too large to be collected is the request's error, as it would be at a provider.
LineAnswer answerOf(http::Collected collected, dialect::Dialect dialect) {
  if (!collected.complete) {
    collected.response = errorResponse(
        dialect, {ErrorKind::UpstreamFailed, "response_too_large", "the answer is too large"}, {});
  }
  LineAnswer answer{LineAnswer::Kind::Answered, collected.response.status};
  answer.request_id = collected.response.headers.get("X-Modelux-Request-Id");
  const std::string_view attempts = collected.response.headers.get("X-Penstock-Attempts");
  answer.asked_provider = !attempts.empty() && attempts != "0";
  if (const auto wait = parseUnsigned(collected.response.headers.get("retry-after-ms")))
    answer.retry_after_ms = static_cast<int64_t>(std::min<uint64_t>(*wait, INT64_MAX));
  answer.body = std::move(collected.response.body);
  return answer;
}

struct Way {
  Endpoint endpoint = Endpoint::Chat;
  dialect::Dialect dialect = dialect::Dialect::OpenAi;
};

Way wayOf(std::string_view path) {
  if (path == "/v1/messages") return {Endpoint::Chat, dialect::Dialect::Anthropic};
  if (path == "/v1/responses") return {Endpoint::Chat, dialect::Dialect::Responses};
  if (path == "/v1/embeddings") return {Endpoint::Embeddings};
  if (path == "/v1/moderations") return {Endpoint::Moderations};
  return {};
}

std::vector<std::shared_ptr<http::Exchange>> alive(
    const std::map<const http::Exchange*, std::weak_ptr<http::Exchange>>& under_way) {
  std::vector<std::shared_ptr<http::Exchange>> all;
  for (const auto& [place, exchange] : under_way) {
    if (auto held = exchange.lock()) all.push_back(std::move(held));
  }
  return all;
}

}  // namespace

BatchLines::BatchLines(std::vector<LoopContext*> loops)
    : lanes_([&] {
        std::vector<std::shared_ptr<Lane>> lanes;
        lanes.reserve(loops.size());
        for (LoopContext* loop : loops) lanes.push_back(std::make_shared<Lane>(Lane{loop}));
        return lanes;
      }()) {}

void BatchLines::run(std::shared_ptr<const LineOrigin> origin, std::string body, Done done) {
  const auto& lane = lanes_[next_.fetch_add(1, std::memory_order_relaxed) % lanes_.size()];
  lane->context->loop.post(
      [lane, origin = std::move(origin), body = std::move(body), done = std::move(done)]() mutable {
        begin(lane, *origin, std::move(body), done);
      });
}

void BatchLines::begin(const std::shared_ptr<Lane>& lane, const LineOrigin& origin,
                       std::string body, const Done& done) {
  if (lane->closed) return done({});
  LoopContext& loop = *lane->context;
  if (lane->keys.size() > kMostKeys) lane->keys.clear();
  auto caller = identifyById(loop.snapshot(), loop.shared.clock.now(), origin.api_key_id,
                             lane->keys[origin.api_key_id]);
  if (!caller || caller->project->id != origin.project_id) return done({LineAnswer::Kind::KeyGone});
  const Way way = wayOf(origin.path);
  const auto place = std::make_shared<const http::Exchange*>(nullptr);
  auto collector = std::make_unique<http::Collector>(
      loop.shared.options.max_response_bytes,
      [lane, place, done, dialect = way.dialect](http::Collected collected) {
        lane->under_way.erase(*place);
        done(lane->closed ? LineAnswer() : answerOf(std::move(collected), dialect));
      });
  const auto exchange = http::Exchange::createOwn(
      loop.loop, {"POST", origin.path, origin.headers, std::move(body), origin.peer},
      std::move(collector));
  *place = exchange.get();
  lane->under_way.emplace(exchange.get(), exchange);
  try {
    std::make_shared<Pipeline>(loop, exchange, way.endpoint, way.dialect, *std::move(caller))
        ->run();
  } catch (const std::exception& failure) {
    exchange->respond(errorResponse(way.dialect, internalError(failure.what()), {}));
  }
}

void BatchLines::hangUp() {
  for (const auto& lane : lanes_) {
    lane->context->loop.post([lane] {
      lane->closed = true;
      for (const auto& exchange : alive(lane->under_way)) exchange->hangUp();
    });
  }
}

}  // namespace penstock::proxy
