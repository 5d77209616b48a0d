#include "dialect/gemini_usage.h"

#include <algorithm>

#include "base/text.h"
#include "dialect/gemini_target.h"
#include "dialect/gemini_wire.h"
#include "dialect/usage_counts.h"
#include "json/document.h"

namespace penstock::dialect {
namespace {

std::optional<int64_t> countAt(json::ValueRef object, std::string_view key) {
  const auto member = memberOf(object, key);
  const auto number = member ? member->asDouble() : std::nullopt;
  return number ? std::optional(boundedCount(*number)) : std::nullopt;
}

constexpr size_t kMaxQueries = 1000;
constexpr size_t kMaxTierBytes = 64;

}  // namespace

void GeminiUsage::replace(std::optional<int64_t>& count, json::ValueRef metadata,
                          std::string_view key) {
  if (const auto found = countAt(metadata, key)) count = found;
}

void GeminiUsage::replace(Modalities& counts, json::ValueRef metadata, std::string_view key) {
  const auto list = memberOf(metadata, key);
  if (!list || !list->isArray()) return;
  counts = {};
  for (const json::ValueRef each : list->elements()) {
    const std::string modality = textOf(each, "modality");
    if (modality == "AUDIO") counts.audio += countAt(each, "tokenCount").value_or(0);
    if (modality == "IMAGE") counts.image += countAt(each, "tokenCount").value_or(0);
  }
}

// {"candidates":[{"groundingMetadata":{"webSearchQueries":["…"]}}]}
void GeminiUsage::countSearches(json::ValueRef answer) {
  const auto candidates = memberOf(answer, "candidates");
  if (!candidates) return;
  int64_t told = 0;
  for (const json::ValueRef candidate : candidates->elements()) {
    const auto grounding = memberOf(candidate, "groundingMetadata");
    const auto queries = grounding ? memberOf(*grounding, "webSearchQueries") : std::nullopt;
    if (!queries || !queries->isArray()) continue;
    told += static_cast<int64_t>(queries->size());
    for (const json::ValueRef query : queries->elements()) {
      std::string text(query.asString().value_or(""));
      const bool known = std::ranges::find(queries_, text) != queries_.end();
      if (!known && queries_.size() < kMaxQueries) queries_.push_back(std::move(text));
    }
  }
  if (told == 0) return;
  const bool by_prompt = geminiTargetOf(textOf(answer, "modelVersion")).searches_by_prompt;
  const int64_t all = std::max(told, static_cast<int64_t>(queries_.size()));
  searches_ = std::max(searches_, by_prompt ? std::min<int64_t>(all, 1) : all);
}

void GeminiUsage::update(json::ValueRef answer) {
  countSearches(answer);
  const auto metadata = memberOf(answer, "usageMetadata");
  if (!metadata) return;
  updateCounts(*metadata);
  updateTier(*metadata);
}

void GeminiUsage::updateTier(json::ValueRef metadata) {
  constexpr std::string_view kVertex = "on_demand_", kProtobuf = "service_tier_";
  for (const char* key : {"trafficType", "serviceTier"}) {
    std::string tier = asciiLower(textOf(metadata, key));
    if (tier.empty() || tier.size() > kMaxTierBytes || tier.ends_with("unspecified")) continue;
    if (tier == "on_demand") tier = "standard";
    if (tier.starts_with(kVertex)) tier.erase(0, kVertex.size());
    if (tier.starts_with(kProtobuf)) tier.erase(0, kProtobuf.size());
    service_tier_ = std::move(tier);
  }
}

void GeminiUsage::updateCounts(json::ValueRef metadata) {
  replace(prompt_, metadata, "promptTokenCount");
  replace(cached_, metadata, "cachedContentTokenCount");
  replace(tool_use_, metadata, "toolUsePromptTokenCount");
  replace(candidates_, metadata, "responseTokenCount");  // as the Live API has it
  replace(candidates_, metadata, "candidatesTokenCount");
  replace(thoughts_, metadata, "thoughtsTokenCount");
  replace(total_, metadata, "totalTokenCount");
  replace(prompt_of_, metadata, "promptTokensDetails");
  replace(cached_of_, metadata, "cacheTokensDetails");
  replace(candidates_of_, metadata, "candidatesTokensDetails");
}

model::Usage GeminiUsage::usage() const {
  model::Usage usage;
  usage.web_searches = searches_;
  if (!prompt_ && !candidates_ && !total_) return usage;
  usage.source = model::Usage::Source::Provider;
  const int64_t tool_use = tool_use_.value_or(0);
  int64_t fresh = prompt_.value_or(0);
  int64_t cached = take(fresh, cached_.value_or(0));
  usage.input_cache_read_audio = take(cached, cached_of_.audio);
  usage.input_cache_read_image = take(cached, cached_of_.image);
  usage.input_cache_read = cached;
  usage.input_audio = take(fresh, prompt_of_.audio - cached_of_.audio);
  usage.input_image = take(fresh, prompt_of_.image - cached_of_.image);
  usage.input_uncached = fresh + tool_use;
  usage.output_reasoning = thoughts_.value_or(0);
  const int64_t known = prompt_.value_or(0) + tool_use + usage.output_reasoning;
  int64_t output = std::max(candidates_.value_or(0), total_.value_or(0) - known);
  usage.output_audio = take(output, candidates_of_.audio);
  usage.output_image = take(output, candidates_of_.image);
  usage.output_text = output;
  return usage;
}

void writeGeminiUsage(json::Writer& out, const model::Usage& usage) {
  const int64_t cached =
      usage.input_cache_read + usage.input_cache_read_audio + usage.input_cache_read_image;
  out.beginObject().field("promptTokenCount", usage.input());
  if (cached > 0) out.field("cachedContentTokenCount", cached);
  out.field("candidatesTokenCount", usage.output() - usage.output_reasoning);
  if (usage.output_reasoning > 0) out.field("thoughtsTokenCount", usage.output_reasoning);
  out.field("totalTokenCount", usage.input() + usage.output()).endObject();
}

GeminiResponse readGeminiResponse(std::string_view body) {
  GeminiResponse response;
  const auto document = json::parse(body);
  if (!document || !document->root().isObject()) return response;
  const json::ValueRef root = document->root();
  response.valid = !memberOf(root, "error");
  response.model = textOf(root, "modelVersion");
  GeminiUsage usage;
  usage.update(root);
  response.usage = usage.usage();
  response.service_tier = usage.serviceTier();
  return response;
}

std::string renderGeminiTokenCount(int64_t tokens) {
  std::string body;
  json::Writer(body).beginObject().field("totalTokens", tokens).endObject();
  return body;
}

std::optional<int64_t> readGeminiTokenCount(std::string_view body) {
  const auto document = json::parse(body);
  return document ? countAt(document->root(), "totalTokens") : std::nullopt;
}

}  // namespace penstock::dialect
