#include "telemetry/exporter.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "telemetry/trace_context.h"

namespace penstock::telemetry {
namespace {

using std::chrono::milliseconds;

// How often a pause looks at the injected clock, which a test may own.
constexpr milliseconds kGlance{50};
// Of texts that callers and providers choose; the conventions want ids and names there.
constexpr size_t kMaxText = 256;

std::string bounded(const std::string& text) { return text.substr(0, kMaxText); }

model::Attempt essentials(const model::Attempt& attempt) {
  return {.model = bounded(attempt.model),
          .provider = attempt.provider,
          .provider_id = attempt.provider_id,
          .status = attempt.status,
          .http_status = attempt.http_status,
          .started_at = attempt.started_at,
          .offset_us = attempt.offset_us,
          .connect_us = attempt.connect_us,
          .head_us = attempt.head_us,
          .first_token_us = attempt.first_token_us,
          .latency_us = attempt.latency_us,
          .cost = attempt.cost,
          .input_tokens = attempt.input_tokens,
          .output_tokens = attempt.output_tokens,
          .upstream_request_id = bounded(attempt.upstream_request_id),
          .hedge = attempt.hedge};
}

// The row less all that no span tells: bodies, decision, tags, charge, keys.
model::RequestLog essentials(const model::RequestLog& row, EndUser end_user) {
  model::RequestLog kept;
  kept.request_id = row.request_id;
  kept.created_at = row.created_at;
  kept.project_id = row.project_id;
  kept.endpoint = row.endpoint;
  kept.requested_model = bounded(row.requested_model);
  kept.provider = row.provider;
  kept.provider_id = row.provider_id;
  kept.model = bounded(row.model);
  kept.routing_config_id = row.routing_config_id;
  kept.routing_config_version = row.routing_config_version;
  kept.resolved = row.resolved;
  kept.status = row.status;
  kept.error_class = bounded(row.error_class);
  kept.stream = row.stream;
  kept.attempts = row.attempts;
  kept.usage = row.usage;
  kept.cost_total = row.cost_total;
  kept.cost_reserved = row.cost_reserved;
  kept.settlement = row.settlement;
  kept.latency_us = row.latency_us;
  kept.ttft_us = row.ttft_us;
  kept.conversation_id = bounded(row.conversation_id);
  kept.traceparent = row.traceparent;
  kept.parent_span_id = row.parent_span_id;
  kept.ab_variant = row.ab_variant;
  if (end_user == EndUser::Include) kept.end_user = bounded(row.end_user);
  kept.attempt_log.reserve(row.attempt_log.size());
  for (const model::Attempt& attempt : row.attempt_log) {
    kept.attempt_log.push_back(essentials(attempt));
  }
  return kept;
}

// What a kept row holds in memory, roughly: the structs, and the texts that others choose.
size_t bytesOf(const model::RequestLog& row) {
  size_t bytes = sizeof row + row.request_id.size() + row.traceparent.size() +
                 row.requested_model.size() + row.model.size() + row.conversation_id.size() +
                 row.end_user.size();
  for (const model::Attempt& attempt : row.attempt_log) {
    bytes += sizeof attempt + attempt.model.size() + attempt.upstream_request_id.size();
  }
  return bytes;
}

template <typename Range>
size_t spansOf(const Range& rows) {
  size_t spans = 0;
  for (const model::RequestLog& row : rows) spans += spanCount(row);
  return spans;
}

}  // namespace

Exporter::Exporter(Services services, Options options)
    : services_(std::move(services)),
      options_(std::move(options)),
      exported_(services_.metrics.counter("penstock_telemetry_spans_exported",
                                          "Spans that the collector took.")) {
  for (size_t i = 0; i < kLossNames.size(); ++i) {
    dropped_[i] = &services_.metrics.counter("penstock_telemetry_spans_dropped",
                                             "Spans that were not exported, by why.",
                                             {{"reason", kLossNames[i]}});
  }
  thread_ = std::jthread([this] { run(); });
}

Exporter::~Exporter() { join(); }

void Exporter::record(const model::RequestLog& row) {
  if (!isWanted(row)) return;
  // Looked at first, so that an overload does not pay for copies that nobody will read.
  if (!hasRoomFor(sizeof row)) return drop(Loss::QueueFull, spanCount(row));
  model::RequestLog kept = essentials(row, options_.spans.end_user);
  const size_t bytes = bytesOf(kept);
  const size_t spans = spanCount(kept);
  if (!hasRoomFor(bytes)) return drop(Loss::QueueFull, spans);
  if (!enqueue(std::move(kept), bytes)) drop(Loss::Shutdown, spans);
}

bool Exporter::isWanted(const model::RequestLog& row) const {
  if (!isTraceparent(row.traceparent) || !isSampled(row.traceparent)) return false;
  return !row.parent_span_id.empty() || inSample(traceIdOf(row.traceparent), options_.sample_ratio);
}

bool Exporter::hasRoomFor(size_t bytes) const {
  return held_rows_.load(std::memory_order_relaxed) < options_.queue_rows &&
         held_bytes_.load(std::memory_order_relaxed) + bytes <= options_.queue_bytes;
}

bool Exporter::enqueue(model::RequestLog&& row, size_t bytes) {
  bool batch_is_full = false;
  {
    auto state = state_.lock();
    if (state->phase != Phase::Running) return false;
    const size_t before = state->spans;
    state->spans += spanCount(row);
    batch_is_full = before < options_.batch_spans && state->spans >= options_.batch_spans;
    state->rows.push_back(std::move(row));
    held_rows_.fetch_add(1, std::memory_order_relaxed);
    held_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  // Once a batch: the thread wakes by itself for less.
  if (batch_is_full) wake_.notify_one();
  return true;
}

bool Exporter::close(milliseconds within) {
  auto state = state_.lock();
  if (state->phase == Phase::Running) state->phase = Phase::Closing;
  wake_.notify_one();
  return state.waitFor(ended_, within, [&] { return state->phase == Phase::Ended; });
}

void Exporter::join() {
  {
    auto state = state_.lock();
    if (state->phase != Phase::Ended) state->phase = Phase::Ending;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Exporter::run() {
  Rows rows;
  while (waitForRows(rows)) exportRows(std::exchange(rows, {}));
  state_.lock()->phase = Phase::Ended;
  ended_.notify_all();
}

// Takes what there is after a full batch, the flush interval, or at the end; false when there will
// be no more.
bool Exporter::waitForRows(Rows& rows) {
  auto state = state_.lock();
  state.waitFor(wake_, options_.flush_every, [&] {
    return state->phase != Phase::Running || state->spans >= options_.batch_spans;
  });
  rows.swap(state->rows);
  state->spans = 0;
  return !rows.empty() || state->phase == Phase::Running;
}

void Exporter::exportRows(Rows rows) {
  while (!rows.empty()) {
    const std::vector<model::RequestLog> batch = takeBatch(rows);
    try {
      deliver(batch);
    } catch (const std::exception& failure) {  // cannot happen; must not end the gateway
      failed({Sent::Outcome::Refused, failure.what()});
      drop(Loss::Failed, spansOf(batch));
    }
    size_t bytes = 0;
    for (const model::RequestLog& row : batch) bytes += bytesOf(row);
    held_rows_.fetch_sub(batch.size(), std::memory_order_relaxed);
    held_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }
}

// As many rows from the front as have a batch's spans; one at least.
std::vector<model::RequestLog> Exporter::takeBatch(Rows& rows) const {
  size_t count = 0;
  for (size_t spans = 0; count < rows.size(); ++count) {
    spans += spanCount(rows[count]);
    if (count > 0 && spans > options_.batch_spans) break;
  }
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<model::RequestLog> batch(std::make_move_iterator(rows.begin()),
                                       std::make_move_iterator(end));
  rows.erase(rows.begin(), end);
  return batch;
}

void Exporter::deliver(const std::vector<model::RequestLog>& batch) {
  const size_t spans = spansOf(batch);
  if (phase() == Phase::Ending) return drop(Loss::Shutdown, spans);
  const std::string body = renderSpans(batch, options_.spans);
  Backoff backoff(options_.retry, services_.clock.steady());
  for (;;) {
    const bool last = phase() != Phase::Running;
    const Sent sent = services_.send(body, options_.send_timeout);
    if (sent.outcome == Sent::Outcome::Taken) return succeeded(sent, spans);
    failed(sent);
    if (sent.outcome == Sent::Outcome::Refused) return drop(Loss::Refused, spans);
    if (last) return drop(Loss::Shutdown, spans);
    const auto delay = backoff.next(sent.retry_after, services_.clock.steady());
    if (!delay) return drop(Loss::Unreachable, spans);
    if (!pause(*delay)) return drop(Loss::Shutdown, spans);
  }
}

// Waits that long by the injected clock. Cut short by close(), for one more try, and by join():
// then false.
bool Exporter::pause(milliseconds delay) {
  const SteadyTime until = services_.clock.steady() + delay;
  auto state = state_.lock();
  while (state->phase == Phase::Running && services_.clock.steady() < until) {
    state.waitFor(wake_, kGlance, [&] { return state->phase != Phase::Running; });
  }
  return state->phase != Phase::Ending;
}

Exporter::Phase Exporter::phase() { return state_.lock()->phase; }

void Exporter::succeeded(const Sent& sent, size_t spans) {
  const size_t rejected = std::min(static_cast<size_t>(sent.rejected), spans);
  exported_.add(spans - rejected);
  if (rejected > 0) drop(Loss::Rejected, rejected);
  if (rejected > 0 || !sent.reason.empty()) {
    services_.log.warn("telemetry_partly_rejected",
                       {{"spans", std::to_string(rejected)}, {"reason", sent.reason}});
  }
  if (std::exchange(failing_, false)) services_.log.info("telemetry_export_works_again");
}

// A collector that is away would fill the log.
void Exporter::failed(const Sent& sent) {
  if (std::exchange(failing_, true)) return;
  services_.log.warn("telemetry_export_failed", {{"reason", sent.reason}});
}

void Exporter::drop(Loss loss, size_t spans) { dropped_[static_cast<size_t>(loss)]->add(spans); }

}  // namespace penstock::telemetry
