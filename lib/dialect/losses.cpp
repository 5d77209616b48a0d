#include "dialect/losses.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace penstock::dialect {
namespace {

constexpr size_t kMaxHeaderBytes = 1024;
constexpr size_t kMaxLosses = 256;

// By Field, in its order: OpenAI's word, Anthropic's, Gemini's, Responses'. Bedrock has no callers.
constexpr std::array<std::array<std::string_view, 4>, static_cast<size_t>(Field::Messages) + 1>
    kNames{{
        {"temperature", "temperature", "generationConfig.temperature", "temperature"},
        {"top_p", "top_p", "generationConfig.topP", "top_p"},
        {"top_k", "top_k", "generationConfig.topK", "top_k"},
        {"seed", "seed", "generationConfig.seed", "seed"},
        {"presence_penalty", "presence_penalty", "generationConfig.presencePenalty",
         "presence_penalty"},
        {"frequency_penalty", "frequency_penalty", "generationConfig.frequencyPenalty",
         "frequency_penalty"},
        {"n", "n", "generationConfig.candidateCount", "n"},
        {"stop", "stop_sequences", "generationConfig.stopSequences", "stop"},
        {"max_completion_tokens", "max_tokens", "generationConfig.maxOutputTokens",
         "max_output_tokens"},
        {"thinking", "thinking", "generationConfig.thinkingConfig", "reasoning"},
        {"reasoning_effort", "output_config.effort",
         "generationConfig.thinkingConfig.thinkingLevel", "reasoning.effort"},
        {"response_format", "output_config.format", "generationConfig.responseJsonSchema",
         "text.format"},
        {"tool_choice", "tool_choice", "toolConfig.functionCallingConfig", "tool_choice"},
        {"parallel_tool_calls", "tool_choice.disable_parallel_tool_use",
         "toolConfig.functionCallingConfig", "parallel_tool_calls"},
        {"tools.function.strict", "tools.strict", "tools.functionDeclarations", "tools.strict"},
        {"messages.tool_calls.function.arguments", "messages.content.input",
         "contents.parts.functionCall.args", "input.arguments"},
        {"messages.tool_call_id", "messages.content.tool_use_id", "contents.parts.functionCall.id",
         "input.call_id"},
        {"tools", "tools", "tools", "tools"},
        {"messages.is_error", "messages.content.is_error",
         "contents.parts.functionResponse.response", "input.is_error"},
        {"messages.content", "messages.content.content", "contents.parts.functionResponse.parts",
         "input.output"},
        {"service_tier", "service_tier", "serviceTier", "service_tier"},
        {"messages.content.prompt_cache_breakpoint", "messages.content.cache_control",
         "cachedContent", "input.content.prompt_cache_breakpoint"},
        {"messages.content.image_url.detail", "messages.content.detail",
         "contents.parts.mediaResolution", "input.content.detail"},
        {"messages.content.image_url", "messages.content.image", "contents.parts.inlineData",
         "input.content.input_image"},
        {"messages.content.file", "messages.content.document", "contents.parts.inlineData",
         "input.content.input_file"},
        {"messages.content.input_audio", "messages.content.audio", "contents.parts.inlineData",
         "input.content.input_audio"},
        {"messages.reasoning_content", "messages.content.thinking", "contents.parts.thought",
         "input.reasoning"},
        {"messages.role", "messages.role", "systemInstruction", "input.role"},
        {"user", "metadata.user_id", "labels", "user"},
        {"messages", "messages", "contents", "input"},
    }};

// Whether JSON says nothing, so that leaving it out changes nothing.
bool saysNothing(std::string_view json) {
  for (const char* inert : {"null", "false", "0", "0.0", "[]", "{}", "\"\""}) {
    if (json == inert) return true;
  }
  return false;
}

// Members that say how to bill, store, cache or show, not what to answer.
bool isHint(std::string_view name) {
  for (const char* hint :
       {"metadata", "include", "store", "prompt_cache_key", "prompt_cache_retention",
        "prompt_cache_options", "safety_identifier", "stream_options", "cache_control",
        "diagnostics", "caller", "eager_input_streaming", "annotations", "labels"})
    if (name == hint) return true;
  return false;
}

// Members that name a part of the prompt, which only their own provider has.
bool isPrompt(std::string_view name) { return name == "cachedContent"; }

// What callers leave at its default asks for nothing.
bool isDefault(const Extra& extra) {
  return extra.name == "truncation" && extra.json == R"("disabled")";
}

// Writers name places as the model does: "messages.content.". Callers know their own.
std::string placeFor(Dialect caller, std::string_view place) {
  constexpr std::string_view kMessages = "messages.", kContent = "content.";
  if (!place.starts_with(kMessages)) return std::string(place);
  place.remove_prefix(kMessages.size());
  std::string told = std::string(fieldName(Field::Messages, caller)) + ".";
  const bool parts = caller == Dialect::Gemini && place.starts_with(kContent);
  if (parts) place.remove_prefix(kContent.size());
  return told.append(parts ? "parts." : "").append(place);
}

// A caller chose the names: what leaves in a header is not to be theirs to shape.
std::string safe(std::string_view name) {
  std::string text(name.substr(0, 64));
  for (char& c : text) {
    if (c <= ' ' || c > '~' || c == ',') c = '_';
  }
  return text;
}

}  // namespace

std::string_view fieldName(Field field, Dialect caller) {
  return kNames[static_cast<size_t>(field)][static_cast<size_t>(caller)];
}

void Losses::add(LossKind kind, Field field, std::string_view reason) {
  put(kind, std::string(fieldName(field, caller_)), reason);
}

void Losses::dropExtras(const Extras& extras, std::string_view place) {
  for (const Extra& extra : extras) {
    if (saysNothing(extra.json) || isDefault(extra)) continue;
    const std::string name = placeFor(caller_, place) + safe(extra.name);
    if (isPrompt(extra.name))
      put(LossKind::Refused, name, "names a part of the prompt that only its own provider has");
    else
      put(isHint(extra.name) ? LossKind::Hint : LossKind::Dropped, name, "has no equivalent");
  }
}

void Losses::put(LossKind kind, std::string field, std::string_view reason) {
  const auto same = std::find_if(losses_.begin(), losses_.end(),
                                 [&field](const Loss& loss) { return loss.field == field; });
  if (same == losses_.end()) {
    if (losses_.size() < kMaxLosses || kind == LossKind::Refused)
      losses_.push_back({std::move(field), kind, std::string(reason)});
  } else if (kind > same->kind) {
    same->kind = kind;
    same->reason = reason;
  }
}

std::string Losses::header() const {
  std::string text;
  for (const Loss& loss : losses_) {
    if (loss.kind != LossKind::Hint && loss.kind != LossKind::Dropped) continue;
    if (text.size() + loss.field.size() + 2 > kMaxHeaderBytes) break;
    if (!text.empty()) text += ", ";
    text += loss.field;
  }
  return text;
}

std::optional<ApiError> Losses::error() const {
  for (const Loss& loss : losses_) {
    const bool unwanted = loss.kind == LossKind::Dropped && policy_ == OnLoss::Refuse;
    if (loss.kind != LossKind::Refused && !unwanted) continue;
    return invalidRequest("unsupported_parameter",
                          fmt::format("'{}' cannot be translated for the model's provider: it {}.",
                                      loss.field, loss.reason),
                          loss.field);
  }
  return std::nullopt;
}

}  // namespace penstock::dialect
