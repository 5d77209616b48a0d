#include "dialect/losses.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace penstock::dialect {
namespace {

constexpr size_t kMaxHeaderBytes = 1024;
constexpr size_t kMaxLosses = 256;

// By Field, in its order: OpenAI's word, Anthropic's, Responses'.
constexpr std::array<std::array<std::string_view, 3>, static_cast<size_t>(Field::Messages) + 1>
    kNames{{
        {"temperature", "temperature", "temperature"},
        {"top_p", "top_p", "top_p"},
        {"top_k", "top_k", "top_k"},
        {"seed", "seed", "seed"},
        {"presence_penalty", "presence_penalty", "presence_penalty"},
        {"frequency_penalty", "frequency_penalty", "frequency_penalty"},
        {"n", "n", "n"},
        {"stop", "stop_sequences", "stop"},
        {"max_completion_tokens", "max_tokens", "max_output_tokens"},
        {"thinking", "thinking", "reasoning"},
        {"reasoning_effort", "output_config.effort", "reasoning.effort"},
        {"response_format", "output_config.format", "text.format"},
        {"tool_choice", "tool_choice", "tool_choice"},
        {"parallel_tool_calls", "tool_choice.disable_parallel_tool_use", "parallel_tool_calls"},
        {"tools.function.strict", "tools.strict", "tools.strict"},
        {"messages.tool_calls.function.arguments", "messages.content.input", "input.arguments"},
        {"messages.tool_call_id", "messages.content.tool_use_id", "input.call_id"},
        {"tools", "tools", "tools"},
        {"messages.is_error", "messages.content.is_error", "input.is_error"},
        {"messages.content", "messages.content.content", "input.output"},
        {"service_tier", "service_tier", "service_tier"},
        {"messages.content.prompt_cache_breakpoint", "messages.content.cache_control", "input.content.prompt_cache_breakpoint"},
        {"messages.content.image_url.detail", "messages.content.detail", "input.content.detail"},
        {"messages.content.image_url", "messages.content.image", "input.content.input_image"},
        {"messages.content.file", "messages.content.document", "input.content.input_file"},
        {"messages.content.input_audio", "messages.content.audio", "input.content.input_audio"},
        {"messages.reasoning_content", "messages.content.thinking", "input.reasoning"},
        {"messages.role", "messages.role", "input.role"},
        {"messages", "messages", "input"},
    }};

// Whether JSON says nothing, so that leaving it out changes nothing.
bool saysNothing(std::string_view json) {
  for (const char* inert : {"null", "false", "0", "0.0", "[]", "{}", "\"\""}) {
    if (json == inert) return true;
  }
  return false;
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
    if (saysNothing(extra.json)) continue;
    put(LossKind::Dropped, std::string(place) + safe(extra.name), "has no equivalent");
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
