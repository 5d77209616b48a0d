#include "dialect/responses_usage.h"

#include <algorithm>

#include "dialect/estimate.h"
#include "dialect/json_members.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

// Calls `each` with every item of the output, as an index.
template <typename Each>
void forEachItem(const json::ObjectIndex& response, const Each& each) {
  const json::Member* output = response.find("output");
  if (output == nullptr || output->kind != json::Kind::Array) return;
  json::ObjectIndex item;
  json::forEachElement(output->value, [&](std::string_view raw) {
    if (json::scanObject(raw, item)) each(item);
    return true;
  });
}

// {"type":"web_search_call","action":{"type":"search"}}: opening a page found is free.
bool isSearch(const json::ObjectIndex& item) {
  if (textAt(item, "type") != "web_search_call") return false;
  json::ObjectIndex action;
  return !scanAt(item, "action", action) || textAt(action, "type") == "search";
}

}  // namespace

void writeResponsesUsage(json::Writer& out, const model::Usage& usage) {
  const int64_t cached =
      usage.input_cache_read + usage.input_cache_read_audio + usage.input_cache_read_image;
  const int64_t written = usage.input_cache_write + usage.input_cache_write_1h;
  out.beginObject().field("input_tokens", usage.input());
  out.key("input_tokens_details").beginObject().field("cached_tokens", cached);
  out.field("cache_write_tokens", written);
  if (written > 0)
    out.key("cache_write_tokens_details")
        .beginObject()
        .field("ttl_30m_tokens", usage.input_cache_write)
        .field("ttl_12h_tokens", usage.input_cache_write_1h)
        .endObject();
  out.endObject().field("output_tokens", usage.output());
  out.key("output_tokens_details").beginObject();
  out.field("reasoning_tokens", usage.output_reasoning).endObject();
  out.field("total_tokens", usage.input() + usage.output()).endObject();
}

model::Usage responsesUsage(const json::ObjectIndex& response) {
  model::Usage usage = findOpenAiUsage(response);
  int64_t searches = 0;
  forEachItem(response, [&](const json::ObjectIndex& item) { searches += isSearch(item) ? 1 : 0; });
  usage.web_searches = std::max(usage.web_searches, searches);
  return usage;
}

OpenAiResponse readResponsesResponse(std::string_view body) {
  OpenAiResponse response = readOpenAiResponse(body);
  json::ObjectIndex index;
  if (!json::scanObject(body, index)) return response;
  response.usage = responsesUsage(index);
  response.valid = response.valid && textAt(index, "status") != "failed";
  return response;
}

std::string renderResponsesTokenCount(int64_t tokens) {
  std::string text;
  json::Writer(text)
      .beginObject()
      .field("object", "response.input_tokens")
      .field("input_tokens", tokens)
      .endObject();
  return text;
}

int64_t estimateResponsesOutput(std::string_view body) {
  TextSize text;
  json::ObjectIndex index;
  if (!json::scanObject(body, index)) return 0;
  forEachItem(index, [&text](const json::ObjectIndex& item) {
    // Sealed reasoning and ids are no output to count.
    for (const char* key : {"content", "summary", "name", "arguments", "input"})
      if (const json::Member* member = item.find(key)) text.add(member->value);
  });
  return text.tokens();
}

}  // namespace penstock::dialect
