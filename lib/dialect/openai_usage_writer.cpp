#include "dialect/openai_usage_writer.h"

namespace penstock::dialect {

void writeOpenAiUsage(json::Writer& out, const model::Usage& usage) {
  const int64_t cached =
      usage.input_cache_read + usage.input_cache_read_audio + usage.input_cache_read_image;
  out.beginObject().field("prompt_tokens", usage.input());
  out.field("completion_tokens", usage.output());
  out.field("total_tokens", usage.input() + usage.output());
  out.key("prompt_tokens_details").beginObject().field("cached_tokens", cached);
  if (const int64_t written = usage.input_cache_write + usage.input_cache_write_1h; written > 0)
    out.field("cache_write_tokens", written);
  out.field("audio_tokens", usage.input_audio + usage.input_cache_read_audio).endObject();
  out.key("completion_tokens_details").beginObject();
  out.field("reasoning_tokens", usage.output_reasoning);
  out.field("audio_tokens", usage.output_audio).endObject();
  if (usage.web_searches > 0)
    out.key("server_tool_use")
        .beginObject()
        .field("web_search_requests", usage.web_searches)
        .endObject();
  out.endObject();
}

}  // namespace penstock::dialect
