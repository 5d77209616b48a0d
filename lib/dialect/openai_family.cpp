#include "dialect/openai_family.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace penstock::dialect {
namespace {

constexpr std::array<std::string_view, 5> kShared{"metadata", "prompt_cache_key",
                                                  "prompt_cache_retention", "safety_identifier",
                                                  "prompt_cache_options"};

std::optional<Effort> effortWanted(const ChatRequest& request) {
  if (request.effort) return request.effort;
  switch (request.thinking.mode) {
    case Thinking::Mode::Unset:
    case Thinking::Mode::Adaptive:
    case Thinking::Mode::BetweenTools: return std::nullopt;
    case Thinking::Mode::Disabled: return Effort::None;
    case Thinking::Mode::Budget: break;
  }
  const int64_t budget = request.thinking.budget_tokens;
  if (budget < 2048) return Effort::Minimal;
  if (budget < 4096) return Effort::Low;
  return budget < 8192 ? Effort::Medium : Effort::High;
}

}  // namespace

std::optional<Effort> fitEffort(const ChatRequest& request,
                                const std::optional<OpenAiTarget::Efforts>& efforts,
                                Losses& losses) {
  const auto wanted = effortWanted(request);
  const Field field = request.effort ? Field::Effort : Field::Thinking;
  if (!efforts) {
    if (wanted && *wanted != Effort::None) losses.drop(field, "is not known to the model");
    return std::nullopt;
  }
  if (!wanted) return std::nullopt;
  const Effort effort = std::clamp(*wanted, efforts->least, efforts->most);
  if (effort != *wanted) losses.change(field, "is told as the nearest effort that the model has");
  if (!request.effort && *wanted != Effort::None)
    losses.change(field, "is told as an effort, not as a number of tokens");
  return effort;
}

std::string tierInOpenAisWords(std::string_view tier) {
  constexpr std::string_view kProtobuf = "service_tier_";
  std::string word = asciiLower(tier);
  if (word.starts_with(kProtobuf)) word.erase(0, kProtobuf.size());
  if (word == "unspecified") return "auto";
  return word == "standard" || word == "standard_only" ? "default" : word;
}

std::string fitTier(const ChatRequest& request, Losses& losses) {
  if (request.service_tier.empty() || isOpenAis(request.source)) return request.service_tier;
  std::string tier = tierInOpenAisWords(request.service_tier);
  if (tier == "default" || tier == "flex" || tier == "priority") return tier;
  if (tier != "auto") losses.hint(Field::ServiceTier, "is not known to the provider");
  return {};
}

bool isSharedMember(std::string_view name) {
  return std::find(kShared.begin(), kShared.end(), name) != kShared.end();
}

}  // namespace penstock::dialect
