#include "dialect/gemini_config_writer.h"

#include <algorithm>
#include <string>

#include "dialect/gemini_schema.h"
#include "dialect/gemini_thinking.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxStops = 5;
constexpr std::string_view kPlace = "generationConfig.";

class ConfigWriter {
 public:
  ConfigWriter(const ChatRequest& request, const GeminiTarget& target, Losses& losses,
               json::Writer& out)
      : request_(request), target_(target), losses_(losses), out_(out) {}

  // Of the open object.
  void writeMembers();

 private:
  bool same() const { return request_.source == Dialect::Gemini; }
  void writeSampling();
  void writeStop();
  void writeFormat();
  void writeThinking();
  template <typename T>
  void writeKnown(std::string_view key, const std::optional<T>& value) {
    if (value) out_.field(key, *value);
  }

  const ChatRequest& request_;
  const GeminiTarget& target_;
  Losses& losses_;
  json::Writer& out_;
};

void ConfigWriter::writeMembers() {
  writeSampling();
  if (request_.choices != 1) out_.field("candidateCount", request_.choices);
  writeKnown("maxOutputTokens", request_.max_tokens);
  writeStop();
  writeFormat();
  writeThinking();
  if (!same()) return;
  for (const Extra& extra : request_.extras)
    if (extra.name.starts_with(kPlace)) out_.rawField(extra.name.substr(kPlace.size()), extra.json);
}

void ConfigWriter::writeSampling() {
  const Sampling& sampling = request_.sampling;
  writeKnown("temperature", sampling.temperature);
  writeKnown("topP", sampling.top_p);
  writeKnown("topK", sampling.top_k);
  writeKnown("seed", sampling.seed);
  writeKnown("presencePenalty", sampling.presence_penalty);
  writeKnown("frequencyPenalty", sampling.frequency_penalty);
}

void ConfigWriter::writeStop() {
  if (request_.stop.empty()) return;
  out_.key("stopSequences").beginArray();
  for (size_t i = 0; i < request_.stop.size(); ++i) {
    if (i >= kMaxStops && !same()) {
      losses_.drop(Field::Stop, "has more than five");
      break;
    }
    out_.value(request_.stop[i]);
  }
  out_.endArray();
}

void ConfigWriter::writeFormat() {
  using Mode = ResponseFormat::Mode;
  const auto& format = request_.response_format;
  if (!format || (format->mode == Mode::Text && !same())) return;
  if (format->mode == Mode::Text) {
    out_.field("responseMimeType", "text/plain");
    return;
  }
  if (!request_.tools.empty() && !target_.tools_with_json && !same())
    return losses_.drop(Field::ResponseFormat, "is refused beside tools by the model");
  const bool kept = std::any_of(
      request_.extras.begin(), request_.extras.end(),
      [](const Extra& extra) { return extra.name == "generationConfig.responseMimeType"; });
  if (!kept || !same()) out_.field("responseMimeType", "application/json");
  if (format->mode != Mode::JsonSchema) return;
  if (target_.json_schema) {
    out_.rawField("responseJsonSchema", format->schema);
    return;
  }
  const GoogleSchema google = googleSchemaOf(format->schema);
  if (!google.lost.empty())
    losses_.change(Field::ResponseFormat, "is told without '" + google.lost + "'");
  if (!google.json.empty()) out_.rawField("responseSchema", google.json);
}

void ConfigWriter::writeThinking() {
  const GeminiThinking plan = planGeminiThinking(request_, target_, losses_);
  if (!plan.says()) return;
  out_.key("thinkingConfig").beginObject();
  writeKnown("thinkingBudget", plan.budget);
  if (!plan.level.empty()) out_.field("thinkingLevel", plan.level);
  writeKnown("includeThoughts", plan.include);
  out_.endObject();
}

}  // namespace

void writeGeminiConfig(const ChatRequest& request, const GeminiTarget& target, Losses& losses,
                       json::Writer& out) {
  std::string members;
  json::Writer config(members);
  config.beginObject();
  ConfigWriter(request, target, losses, config).writeMembers();
  config.endObject();
  if (members != "{}") out.rawField("generationConfig", members);
}

}  // namespace penstock::dialect
