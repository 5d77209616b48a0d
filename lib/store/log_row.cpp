#include "store/log_row.h"

#include <algorithm>

#include "base/digest.h"
#include "json/document.h"
#include "json/writer.h"
#include "store/rows.h"

namespace penstock::store {
namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool parseUuid(std::string_view text, RequestKey& key) {
  if (text.size() != 36) return false;
  size_t at = 0;
  for (uint8_t& byte : key) {
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      if (text[at++] != '-') return false;
    }
    const int high = hexDigit(text[at]);
    const int low = hexDigit(text[at + 1]);
    if (high < 0 || low < 0) return false;
    byte = static_cast<uint8_t>(high << 4 | low);
    at += 2;
  }
  return true;
}

// Durations that did not happen are -1 in the model and NULL here.
std::optional<int64_t> unlessNegative(int64_t value) {
  if (value < 0) return std::nullopt;
  return value;
}

std::optional<storage::Blob> bytesOf(const std::optional<std::string>& body) {
  if (!body) return std::nullopt;
  return storage::Blob{*body};
}

size_t bodyBytes(const model::RequestLog& row) {
  return (row.request_body ? row.request_body->size() : 0) +
         (row.response_body ? row.response_body->size() : 0);
}

std::string placeholders(std::string_view columns) {
  std::string marks = "?";
  for (const char c : columns) {
    if (c == ',') marks += ", ?";
  }
  return marks;
}

// Takes the columns one after another.
struct Cursor {
  const storage::Rows& row;
  LogDictionary& dictionary;
  int column = 0;

  int64_t integer() { return row.integer(column++); }
  bool flag() { return row.flag(column++); }
  std::string string() { return row.string(column++); }
  std::string_view blob() { return row.blob(column++); }
  int64_t duration() { return row.optionalInteger(column++).value_or(-1); }
  const std::string& word() { return dictionary.text(row.integer(column++)); }
};

void readUsage(Cursor& next, model::RequestLog& log) {
  log.usage.input_uncached = next.integer();
  log.usage.input_cache_read = next.integer();
  log.usage.input_cache_write = next.integer();
  log.usage.input_cache_write_1h = next.integer();
  log.usage.input_audio = next.integer();
  log.usage.output_text = next.integer();
  log.usage.output_reasoning = next.integer();
  log.usage.output_audio = next.integer();
  log.usage.source = static_cast<model::Usage::Source>(next.integer());
  log.cost_input.nanos = next.integer();
  log.cost_output.nanos = next.integer();
  log.cost_total.nanos = next.integer();
  log.basis = static_cast<model::PriceBasis>(next.integer());
}

void readCharge(Cursor& next, model::RequestLog& log) {
  log.usage.input_image = next.integer();
  log.usage.input_cache_read_audio = next.integer();
  log.usage.input_cache_read_image = next.integer();
  log.usage.output_image = next.integer();
  log.usage.web_searches = next.integer();
  log.usage.images = next.integer();
  log.usage.audio_ms = next.integer();
  log.usage.characters = next.integer();
  log.service_tier = next.string();
  log.charge = next.word();
  log.cost_reserved.nanos = next.integer();
  log.settlement = static_cast<model::Settlement>(next.integer());
  log.settlement_reason = next.string();
}

}  // namespace

const std::string_view kLogColumns =
    "id, request_id, status, organization_id, project_id, api_key_id, endpoint_id, "
    "provider_vendor_id, provider_id, routing_config_id, routing_config_version, resolved_id, "
    "error_class_id, catalogue_id, requested_model, model, stream, attempts, input_uncached, "
    "input_cache_read, input_cache_write, input_cache_write_1h, input_audio, output_text, "
    "output_reasoning, output_audio, usage_source, cost_input_nanos, cost_output_nanos, "
    "cost_total_nanos, priced, latency_us, ttft_us, upstream_connect_us, upstream_head_us, "
    "end_user, trace_id, conversation_id, traceparent, tags, byok_fingerprint, input_image, "
    "input_cache_read_audio, input_cache_read_image, output_image, web_searches, images, audio_ms, "
    "characters, service_tier, charge_id, cost_reserved_nanos, settlement, settlement_reason, "
    "ab_variant_id, payload_bytes";

RequestKey requestKey(std::string_view request_id) {
  RequestKey key{};
  if (parseUuid(request_id, key)) return key;
  const Sha256 digest = sha256(request_id);
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

std::string requestIdOf(std::string_view key_bytes) {
  std::string text = hex(reinterpret_cast<const uint8_t*>(key_bytes.data()), key_bytes.size());
  for (const size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
}

model::RequestLog readRow(const storage::Rows& row, LogDictionary& dictionary) {
  Cursor next{row, dictionary};
  model::RequestLog log;
  log.created_at = logTimeOf(next.integer());
  log.request_id = requestIdOf(next.blob());
  log.status = static_cast<int>(next.integer());
  log.organization_id = next.word();
  log.project_id = next.word();
  log.api_key_id = next.word();
  log.endpoint = next.word();
  log.provider = next.word();
  log.provider_id = next.word();
  log.routing_config_id = next.word();
  log.routing_config_version = next.integer();
  log.resolved = next.word();
  log.error_class = next.word();
  log.catalogue_version = next.word();
  log.requested_model = next.string();
  log.model = next.string();
  log.stream = next.flag();
  log.attempts = static_cast<int>(next.integer());
  readUsage(next, log);
  log.latency_us = next.integer();
  log.ttft_us = next.duration();
  log.upstream_connect_us = next.duration();
  log.upstream_head_us = next.duration();
  log.end_user = next.string();
  log.trace_id = next.string();
  log.conversation_id = next.string();
  log.traceparent = next.string();
  log.tags = tagsFromJson(row.text(next.column++));
  log.byok_fingerprint = row.optionalString(next.column++);
  readCharge(next, log);
  log.ab_variant = next.word();
  return log;
}

std::string tagsToJson(const std::vector<std::pair<std::string, std::string>>& tags) {
  std::string json;
  if (tags.empty()) return json;
  json::Writer writer(json);
  writer.beginObject();
  for (const auto& [key, value] : tags) writer.field(key, value);
  writer.endObject();
  return json;
}

std::vector<std::pair<std::string, std::string>> tagsFromJson(std::string_view json) {
  std::vector<std::pair<std::string, std::string>> tags;
  if (json.empty()) return tags;
  const auto document = json::parse(json);
  if (!document) return tags;  // duplicate keys, which the recorder's callers exclude
  for (const auto& [key, value] : document->root().members()) {
    tags.emplace_back(key, value.asString().value_or(""));
  }
  return tags;
}

LogRowWriter::LogRowWriter(storage::Database& db, LogDictionary& dictionary)
    : dictionary_(dictionary),
      insert_(db, "INSERT INTO request_log (" + std::string(kLogColumns) + ") VALUES (" +
                      placeholders(kLogColumns) + ") ON CONFLICT (id) DO NOTHING"),
      insert_payload_(db,
                      "INSERT INTO request_payload (log_id, request_body, response_body, "
                      "decision, decision_head_id) VALUES (?, ?, ?, ?, ?)") {}

// Which lines there are is up to callers too, by the tags and models that they choose.
LogRowWriter::Decision LogRowWriter::shortened(std::string_view decision) {
  constexpr size_t kMostHeads = 10'000;
  const size_t line = decision.find('\n');
  if (line == std::string_view::npos) return {0, decision};
  const std::string_view head = decision.substr(0, line);
  auto id = dictionary_.known(head);
  if (!id && heads_ < kMostHeads) {
    ++heads_;
    id = dictionary_.intern(head);
  }
  return id ? Decision{*id, decision.substr(line + 1)} : Decision{0, decision};
}

bool LogRowWriter::insert(int64_t id, const model::RequestLog& row) {
  const auto word = [this](const std::string& text) { return dictionary_.intern(text); };
  const model::Usage& usage = row.usage;
  const bool has_payload = row.request_body || row.response_body || !row.decision.empty();
  const std::string tags = tagsToJson(row.tags);
  const Decision decision = shortened(row.decision);
  const bool inserted =
      insert_.run(
          id, storage::blob(requestKey(row.request_id)), row.status, word(row.organization_id),
          word(row.project_id), word(row.api_key_id), word(row.endpoint), word(row.provider),
          word(row.provider_id), word(row.routing_config_id), row.routing_config_version,
          word(row.resolved), word(row.error_class), word(row.catalogue_version),
          row.requested_model, row.model, row.stream, row.attempts, usage.input_uncached,
          usage.input_cache_read, usage.input_cache_write, usage.input_cache_write_1h,
          usage.input_audio, usage.output_text, usage.output_reasoning, usage.output_audio,
          static_cast<int64_t>(usage.source), row.cost_input.nanos, row.cost_output.nanos,
          row.cost_total.nanos, static_cast<int64_t>(row.basis), row.latency_us,
          unlessNegative(row.ttft_us), unlessNegative(row.upstream_connect_us),
          unlessNegative(row.upstream_head_us), unlessEmpty(row.end_user),
          unlessEmpty(row.trace_id), unlessEmpty(row.conversation_id), unlessEmpty(row.traceparent),
          unlessEmpty(tags), row.byok_fingerprint, usage.input_image, usage.input_cache_read_audio,
          usage.input_cache_read_image, usage.output_image, usage.web_searches, usage.images,
          usage.audio_ms, usage.characters, unlessEmpty(row.service_tier), word(row.charge),
          row.cost_reserved.nanos, static_cast<int64_t>(row.settlement),
          unlessEmpty(row.settlement_reason), word(row.ab_variant),
          bodyBytes(row) + decision.text.size()) > 0;
  if (inserted && has_payload) {
    insert_payload_.run(id, bytesOf(row.request_body), bytesOf(row.response_body),
                        unlessEmpty(decision.text), decision.head);
  }
  return inserted;
}

}  // namespace penstock::store
