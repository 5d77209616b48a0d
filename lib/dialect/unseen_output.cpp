#include "dialect/unseen_output.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "dialect/anthropic_target.h"
#include "dialect/gemini_target.h"
#include "dialect/openai_target.h"

namespace penstock::dialect {
namespace {

bool names(std::string_view model, std::string_view part) {
  return model.find(part) != std::string_view::npos;
}

// Claude up to 4.6 thinks where it is asked to, in whatever dialect.
bool asksForThinking(const ChatView& request) {
  constexpr const char* kMembers[] = {"thinking", "reasoning_effort", "reasoning",
                                      "generationConfig", "generation_config"};
  return std::ranges::any_of(
      kMembers, [&request](const char* member) { return request.body.find(member) != nullptr; });
}

bool claudeMayThink(std::string_view model, const ChatView& request) {
  using Thinking = AnthropicTarget::Thinking;
  switch (anthropicTargetOf(model).thinking) {
    case Thinking::None: return false;
    case Thinking::Budget:
    case Thinking::Both: return asksForThinking(request);
    case Thinking::Adaptive: break;
  }
  return true;
}

}  // namespace

bool mayThinkUnseen(std::string_view model, const ChatView& request) {
  const std::string name = asciiLower(model);
  if (refusesMaxTokens(name)) return true;
  if (names(name, "claude")) return claudeMayThink(name, request);
  if (names(name, "gemini")) return geminiTargetOf(name).thinking != GeminiTarget::Thinking::None;
  if (names(name, "grok-"))
    return !names(name, "grok-2") && !names(name, "grok-3") && !names(name, "non-reasoning");
  return names(name, "codex") || names(name, "nova-2") || names(name, "sonar-deep-research");
}

int64_t mostTokensIn(int64_t micros, std::string_view provider) {
  constexpr std::string_view kFast[] = {"cerebras", "groq", "sambanova"};
  constexpr int64_t kASecond = 400, kFastASecond = 4'000, kMicros = 1'000'000;
  constexpr int64_t kLongest = 24 * 3600 * kMicros;
  const bool fast = std::ranges::any_of(
      kFast, [provider](std::string_view name) { return provider.ends_with(name); });
  const int64_t time = std::clamp<int64_t>(micros, 0, kLongest);
  return (time * (fast ? kFastASecond : kASecond) + kMicros - 1) / kMicros;
}

}  // namespace penstock::dialect
