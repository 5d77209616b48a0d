#include "dialect/anthropic_usage.h"

#include <algorithm>

#include "dialect/estimate.h"
#include "dialect/json_members.h"
#include "dialect/openai_usage.h"
#include "dialect/usage_counts.h"
#include "json/raw.h"
#include "json/scan.h"

namespace penstock::dialect {
namespace {

void replace(std::optional<int64_t>& count, const json::ObjectIndex& object, std::string_view key) {
  if (const auto found = countOf(object, key)) count = found;
}

// A short word: one with a comma would read as several tiers.
void replaceWord(std::string& word, const json::ObjectIndex& object, std::string_view key) {
  constexpr size_t kMaxBytes = 32;
  std::string found = textAt(object, key);
  if (!found.empty() && found.size() <= kMaxBytes && found.find(',') == std::string::npos)
    word = std::move(found);
}

void join(std::string& tiers, std::string_view field, std::string_view value) {
  if (value.empty()) return;
  if (!tiers.empty()) tiers += ',';
  tiers.append(field).append("=").append(value);
}

}  // namespace

void AnthropicUsage::update(std::string_view raw) {
  json::ObjectIndex usage, nested;
  if (!json::scanObject(raw, usage)) return;
  replace(input_, usage, "input_tokens");
  replace(output_, usage, "output_tokens");
  replace(cache_read_, usage, "cache_read_input_tokens");
  replace(cache_write_, usage, "cache_creation_input_tokens");
  if (scanAt(usage, "cache_creation", nested)) {
    replace(cache_5m_, nested, "ephemeral_5m_input_tokens");
    replace(cache_1h_, nested, "ephemeral_1h_input_tokens");
  }
  if (scanAt(usage, "output_tokens_details", nested)) replace(thinking_, nested, "thinking_tokens");
  if (scanAt(usage, "server_tool_use", nested))
    replace(web_searches_, nested, "web_search_requests");
  if (std::string tier = findServiceTier(usage); !tier.empty()) service_tier_ = std::move(tier);
  replaceWord(speed_, usage, "speed");
  replaceWord(inference_geo_, usage, "inference_geo");
  tiers_ = service_tier_;
  // What costs no more is left out, as most answers say it.
  if (speed_ != "standard") join(tiers_, "speed", speed_);
  if (inference_geo_ != "global" && inference_geo_ != "not_available")
    join(tiers_, "inference_geo", inference_geo_);
}

model::Usage AnthropicUsage::usage() const {
  model::Usage usage;
  if (!input_ && !output_) return usage;
  usage.source = model::Usage::Source::Provider;
  usage.input_uncached = input_.value_or(0);
  usage.input_cache_read = cache_read_.value_or(0);
  const int64_t classes = cache_5m_.value_or(0) + cache_1h_.value_or(0);
  int64_t written = std::max(cache_write_.value_or(0), classes);
  usage.input_cache_write_1h = take(written, cache_1h_.value_or(0));
  usage.input_cache_write = written;
  int64_t output = output_.value_or(0);
  usage.output_reasoning = take(output, thinking_.value_or(0));
  usage.output_text = output;
  usage.web_searches = web_searches_.value_or(0);
  return usage;
}

void writeAnthropicUsage(json::Writer& out, const model::Usage& usage) {
  const int64_t read =
      usage.input_cache_read + usage.input_cache_read_audio + usage.input_cache_read_image;
  const int64_t written = usage.input_cache_write + usage.input_cache_write_1h;
  out.beginObject();
  out.field("input_tokens", usage.input() - read - written);
  out.field("cache_creation_input_tokens", written).field("cache_read_input_tokens", read);
  out.key("cache_creation").beginObject();
  out.field("ephemeral_5m_input_tokens", usage.input_cache_write);
  out.field("ephemeral_1h_input_tokens", usage.input_cache_write_1h).endObject();
  out.field("output_tokens", usage.output());
  if (usage.output_reasoning > 0)
    out.key("output_tokens_details")
        .beginObject()
        .field("thinking_tokens", usage.output_reasoning)
        .endObject();
  if (usage.web_searches > 0)
    out.key("server_tool_use")
        .beginObject()
        .field("web_search_requests", usage.web_searches)
        .endObject();
  out.endObject();
}

AnthropicResponse readAnthropicResponse(std::string_view body) {
  AnthropicResponse response;
  json::ObjectIndex index;
  if (!json::scanObject(body, index)) return response;
  const json::Member* error = index.find("error");
  response.valid = error == nullptr || error->kind == json::Kind::Null;
  if (const json::Member* model = index.find("model"))
    response.model = json::rawString(model->value).value_or("");
  if (const json::Member* raw = index.find("usage")) {
    AnthropicUsage usage;
    usage.update(raw->value);
    response.usage = usage.usage();
    response.service_tier = usage.serviceTier();
  }
  return response;
}

int64_t estimateAnthropicOutput(std::string_view body) {
  TextSize text;
  json::ObjectIndex index, block;
  if (!json::scanObject(body, index)) return 0;
  const json::Member* content = index.find("content");
  if (content == nullptr || content->kind != json::Kind::Array) return 0;
  json::forEachElement(content->value, [&](std::string_view raw) {
    if (!json::scanObject(raw, block)) return true;
    // Signatures and ids are no output of the model's.
    for (const char* key : {"text", "thinking", "name", "input"})
      if (const json::Member* member = block.find(key)) text.add(member->value);
    return true;
  });
  return text.tokens();
}

}  // namespace penstock::dialect
