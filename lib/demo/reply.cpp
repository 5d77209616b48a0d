#include "demo/reply.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "demo/hash.h"
#include "demo/reply_text.h"
#include "demo/schema_fill.h"
#include "demo/tokenizer.h"

namespace penstock::demo {
namespace {

constexpr std::string_view kNoArguments = "{}";

// "Call get_weather" and "what does get weather say" both mention get_weather.
bool mentions(const std::string& lower_text, std::string_view tool) {
  std::string name = asciiLower(tool);
  if (lower_text.find(name) != std::string::npos) return true;
  std::replace(name.begin(), name.end(), '_', ' ');
  return lower_text.find(name) != std::string::npos;
}

std::vector<size_t> mentionedTools(const ChatRequest& request) {
  const std::string text = asciiLower(request.last_user);
  std::vector<size_t> found;
  for (size_t i = 0; i < request.tools.size(); ++i) {
    if (mentions(text, request.tools[i].name)) found.push_back(i);
  }
  if (!request.parallel_tools && found.size() > 1) found.resize(1);
  return found;
}

std::vector<size_t> chooseTools(const ChatRequest& request) {
  if (request.named_tool) return {*request.named_tool};
  if (request.tools.empty() || request.tool_choice == ChatRequest::ToolChoice::None) return {};
  std::vector<size_t> chosen = mentionedTools(request);
  if (request.tool_choice == ChatRequest::ToolChoice::Required) {
    return chosen.empty() ? std::vector<size_t>{0} : chosen;
  }
  if (!request.tool_result.empty()) chosen.clear();
  return chosen;
}

ToolCall callTool(const ChatRequest& request, size_t tool, uint64_t place) {
  const Tool& wanted = request.tools[tool];
  const uint64_t id = hashText(wanted.name, request.prompt_hash + place);
  return {.id = fmt::format("call_{:016x}", id),
          .name = std::string(wanted.name),
          .arguments = wanted.parameters ? fillSchema(*wanted.parameters, wanted.name)
                                         : std::string(kNoArguments)};
}

// Shortens `text` to what is left of the limit and takes it off; false when it did not fit.
bool fitTokens(std::string& text, uint64_t& left) {
  size_t size = 0;
  for (const std::string_view token : tokenize(text)) {
    if (left == 0) {
      text.resize(size);
      return false;
    }
    --left;
    size += token.size();
  }
  return true;
}

void cutAtStop(std::string& text, const std::vector<std::string>& stops) {
  size_t end = text.size();
  for (const std::string& stop : stops) {
    if (!stop.empty()) end = std::min(end, text.find(stop));
  }
  text.resize(end);
}

Choice composeCalls(const ChatRequest& request, const std::vector<size_t>& tools, uint64_t limit,
                    uint64_t choice) {
  Choice made{.content = {}, .tool_calls = {}, .finish_reason = "tool_calls", .tokens = 0};
  uint64_t left = limit;
  for (size_t i = 0; i < tools.size() && left > 0; ++i) {
    ToolCall call = callTool(request, tools[i], choice * request.tools.size() + i);
    left -= std::min<uint64_t>(left, countTokens(call.name));
    if (!fitTokens(call.arguments, left)) made.finish_reason = "length";
    made.tool_calls.push_back(std::move(call));
  }
  if (made.tool_calls.size() < tools.size()) made.finish_reason = "length";
  made.tokens = limit - left;
  return made;
}

Choice composeContent(const ChatRequest& request, uint64_t limit, uint64_t choice) {
  Choice made{.content = {}, .tool_calls = {}, .finish_reason = "stop", .tokens = 0};
  if (request.format == ChatRequest::Format::JsonSchema && request.schema) {
    made.content = fillSchema(*request.schema, "");
  } else if (request.format != ChatRequest::Format::Text) {
    made.content = composeJsonObject(request);
  } else {
    made.content = composeText(request, choice);
    cutAtStop(made.content, request.stop);
  }
  uint64_t left = limit;
  if (!fitTokens(made.content, left)) made.finish_reason = "length";
  made.tokens = limit - left;
  return made;
}

}  // namespace

Reply composeReply(const ChatRequest& request) {
  Reply reply{.choices = {}, .prompt_tokens = request.prompt_tokens, .completion_tokens = 0};
  const std::vector<size_t> tools = chooseTools(request);
  const uint64_t limit = request.max_tokens.value_or(UINT64_MAX);
  for (uint64_t i = 0; i < request.choices; ++i) {
    reply.choices.push_back(tools.empty() ? composeContent(request, limit, i)
                                          : composeCalls(request, tools, limit, i));
    reply.completion_tokens += reply.choices.back().tokens;
  }
  return reply;
}

}  // namespace penstock::demo
