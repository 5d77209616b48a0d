#include "trace/decision_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/clock.h"
#include "json/writer.h"

namespace penstock::trace {
namespace {

constexpr size_t kUsualBytes = 2048;  // of a trace

// Null for what did not happen.
void writeMillis(json::Writer& out, std::string_view name, int64_t micros) {
  out.key(name);
  if (micros < 0) {
    out.null();
  } else {
    out.decimal(micros, 3);
  }
}

void writeWord(json::Writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.value(text);
  }
}

void writeConfig(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.config.empty()) {
    out.key("config").null().key("config_version").null().key("policy").null();
    return;
  }
  out.field("config", trace.config).field("config_version", trace.config_version);
  writeWord(out, "policy", trace.policy);
  if (trace.path.size() < 2) return;
  out.key("path").beginArray();
  for (const std::string& config : trace.path) out.value(config);
  out.endArray();
}

void writeCandidates(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("candidates").beginArray();
  for (const auto& candidate : trace.candidates) {
    out.beginObject().field("model", candidate.model).field("provider", candidate.provider);
    out.field("provider_id", candidate.provider_id).field("status", candidate.status);
    writeWord(out, "reason", candidate.reason);
    out.endObject();
  }
  out.endArray();
}

void writeAttempt(json::Writer& out, const model::Attempt& attempt, size_t number) {
  out.beginObject().field("attempt", number).field("model", attempt.model);
  out.field("provider", attempt.provider).field("provider_id", attempt.provider_id);
  out.field("status", attempt.status).key("http_status");
  if (attempt.http_status == 0) {
    out.null();
  } else {
    out.value(attempt.http_status);
  }
  out.field("started_at", iso8601(attempt.started_at));
  writeMillis(out, "queue_ms", attempt.offset_us);
  writeMillis(out, "connect_ms", attempt.connect_us);
  writeMillis(out, "first_byte_ms", attempt.head_us);
  writeMillis(out, "ttft_ms", attempt.first_token_us);
  writeMillis(out, "latency_ms", attempt.latency_us);
  writeWord(out, "error", attempt.error);
  writeWord(out, "upstream_request_id", attempt.upstream_request_id);
  out.field("input_tokens", attempt.input_tokens).field("output_tokens", attempt.output_tokens);
  out.field("cost_usd", attempt.cost);
  if (attempt.hedge) out.field("hedge", true);
  out.endObject();
}

void writeAttempts(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("attempts").beginArray();
  for (size_t i = 0; i < trace.attempts.size(); ++i) writeAttempt(out, trace.attempts[i], i + 1);
  out.endArray();
}

void writeRules(json::Writer& out, const model::DecisionTrace& trace) {
  out.key("rules").beginArray();
  for (size_t i = 0; i < trace.rules.size(); ++i) {
    out.beginObject().field("index", i).field("if", trace.rules[i].text);
    out.field("matched", trace.rules[i].matched);
    if (!trace.rules[i].why.empty()) out.field("why", trace.rules[i].why);
    out.endObject();
  }
  out.endArray();
}

// A text of bounded length, put together before it is appended at once.
class Row {
 public:
  // Longer texts are cut; what is put into it here never is.
  Row& add(std::string_view text) {
    const size_t size = std::min(text.size(), static_cast<size_t>(buffer_.end() - end_));
    std::memcpy(end_, text.data(), size);
    end_ += size;
    return *this;
  }
  // The same where the length is known: no call is made for it.
  template <size_t Size>
  Row& literal(const char (&text)[Size]) {  // NOLINT(modernize-avoid-c-arrays): what literals are
    static_assert(Size < 32);
    if (buffer_.end() - end_ < static_cast<std::ptrdiff_t>(Size)) return *this;
    std::memcpy(end_, text, Size - 1);
    end_ += Size - 1;
    return *this;
  }
  // number / 10,000, without trailing zeros.
  Row& addShare(int64_t permyriad) {
    constexpr int64_t kWhole = 10'000;
    end_ = std::to_chars(end_, buffer_.end(), permyriad / kWhole).ptr;
    int64_t rest = permyriad % kWhole;
    if (rest != 0) add(".");
    for (int64_t place = kWhole / 10; rest != 0; rest %= place, place /= 10) {
      const char digit = static_cast<char>('0' + rest / place);
      add({&digit, 1});
    }
    return *this;
  }
  std::string_view text() const {
    return {buffer_.begin(), static_cast<size_t>(end_ - buffer_.begin())};
  }

 private:
  std::array<char, 256> buffer_;
  char* end_ = buffer_.begin();
};

// A request may have dozens, each with the same members and hardly a word that needs a look.
void writeBudgets(json::Writer& out, const model::DecisionTrace& trace) {
  constexpr size_t kUsualRow = 128;
  std::string list;
  list.reserve(trace.budgets.size() * kUsualRow);
  for (const auto& budget : trace.budgets) {
    list.append(list.empty() ? R"({"name":)" : R"(,{"name":)");
    json::appendString(list, budget.name);
    Row row;
    row.literal(R"(,"unit":")").add(budget.unit);
    row.literal(R"(","action":")").add(budget.action);
    row.literal(R"(","used_pct":)").addShare(budget.used_permyriad);
    row.literal(R"(,"outcome":")").add(budget.outcome).literal(R"("})");
    list.append(row.text());
  }
  out.key("budgets").beginArray();
  if (!list.empty()) out.raw(list);
  out.endArray();
}

}  // namespace

std::string renderDecision(const model::DecisionTrace& trace) {
  std::string text;
  text.reserve(kUsualBytes);
  json::Writer out(text);
  out.beginObject().field("request_id", trace.request_id);
  writeConfig(out, trace);
  writeWord(out, "resolved", trace.resolved);
  writeCandidates(out, trace);
  writeAttempts(out, trace);
  writeRules(out, trace);
  writeBudgets(out, trace);
  out.key("cache").beginObject().field("status", trace.cache).endObject();
  writeWord(out, "ab_variant", trace.ab_variant);
  out.field("decision", trace.decision).field("reason", trace.reason);
  out.key("total_latency_ms").decimal(trace.total_latency_us, 3).endObject();
  return text;
}

}  // namespace penstock::trace
