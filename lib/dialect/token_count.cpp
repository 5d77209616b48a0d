// {"model":"claude-x","messages":[…],"tools":[…]} → {"input_tokens":31}
// {"generateContentRequest":{"model":"models/gemini-x","contents":[…]}} → {"totalTokens":31}
// {"contents":[…],"systemInstruction":{…}} → {"totalTokens":31}
// {"model":"gpt-x","input":[…],"instructions":"…"} →
// {"object":"response.input_tokens","input_tokens":31}
// {"input":{"converse":{"messages":[…],"system":[…]}}} → {"inputTokens":31}
#include "dialect/token_count.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "dialect/anthropic_synthetic.h"
#include "dialect/gemini_usage.h"
#include "dialect/gemini_wire.h"
#include "dialect/responses_usage.h"
#include "dialect/usage_counts.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

using Keys = std::span<const std::string_view>;

// What each counter is known to take; more of it is an error there. Gemini's own takes all.
constexpr std::string_view kMessages[] = {
    "model",         "messages",           "system",         "tools",       "tool_choice",
    "thinking",      "output_config",      "cache_control",  "mcp_servers", "anthropic_version",
    "output_format", "context_management", "anthropic_beta", "speed",       "container"};
constexpr std::string_view kVertexContent[] = {"contents", "systemInstruction", "tools",
                                               "generationConfig"};
constexpr std::string_view kInputTokens[] = {
    "model",       "input",        "instructions",        "tools",
    "tool_choice", "text",         "reasoning",           "parallel_tool_calls",
    "truncation",  "conversation", "previous_response_id"};
constexpr std::string_view kConverse[] = {"messages", "system", "toolConfig",
                                          "additionalModelRequestFields"};

Keys keysOf(TokenCounter counter) {
  switch (counter) {
    case TokenCounter::Messages: return kMessages;
    case TokenCounter::VertexContent: return kVertexContent;
    case TokenCounter::InputTokens: return kInputTokens;
    case TokenCounter::Converse: return kConverse;
    case TokenCounter::Content: break;
  }
  return {};
}

void writeMembers(json::Writer& out, std::string_view request, Keys keys) {
  json::ObjectIndex members;
  if (!json::scanObject(request, members)) return;
  for (const json::Member& member : members) {
    // Of Gemini's dialect names have two spellings, of the others there is none to be confused.
    const bool known = std::ranges::find(keys, member.key) != keys.end() ||
                       std::ranges::find(keys, camelCase(member.key)) != keys.end();
    if (known) out.rawField(member.key, member.value);
  }
}

// All but the model, which is named otherwise.
void writeContent(json::Writer& out, std::string_view request, std::string_view model) {
  out.field("model", resourceName(model));
  json::ObjectIndex members;
  if (!json::scanObject(request, members)) return;
  for (const json::Member& member : members)
    if (member.key != "model") out.rawField(member.key, member.value);
}

std::optional<int64_t> countAt(std::string_view body, std::string_view key) {
  json::ObjectIndex members;
  return json::scanObject(body, members) ? countOf(members, key) : std::nullopt;
}

}  // namespace

std::string writeTokenCount(TokenCounter counter, std::string_view request,
                            std::string_view model) {
  std::string body;
  json::Writer out(body);
  out.beginObject();
  switch (counter) {
    case TokenCounter::Messages:
    case TokenCounter::VertexContent:
    case TokenCounter::InputTokens: writeMembers(out, request, keysOf(counter)); break;
    case TokenCounter::Content:
      out.key("generateContentRequest").beginObject();
      writeContent(out, request, model);
      out.endObject();
      break;
    case TokenCounter::Converse:
      out.key("input").beginObject().key("converse").beginObject();
      writeMembers(out, request, keysOf(counter));
      out.endObject().endObject();
      break;
  }
  out.endObject();
  return body;
}

std::optional<int64_t> readTokenCount(TokenCounter counter, std::string_view body) {
  switch (counter) {
    case TokenCounter::Messages:
    case TokenCounter::InputTokens: return countAt(body, "input_tokens");
    case TokenCounter::Content:
    case TokenCounter::VertexContent: return readGeminiTokenCount(body);
    case TokenCounter::Converse: return countAt(body, "inputTokens");
  }
  return std::nullopt;
}

std::string renderTokenCount(Dialect caller, int64_t tokens) {
  if (caller == Dialect::Gemini) return renderGeminiTokenCount(tokens);
  if (caller == Dialect::Responses) return renderResponsesTokenCount(tokens);
  return renderTokenCount(tokens);
}

}  // namespace penstock::dialect
