#include "dialect/gemini_target.h"

#include <optional>

namespace penstock::dialect {
namespace {

constexpr std::string_view kGemini = "gemini-";

// 205 for "gemini-2.5-flash"; nothing for "gemini-flash-latest".
std::optional<int> versionOf(std::string_view model) {
  const size_t at = model.find(kGemini);
  if (at == std::string_view::npos) return std::nullopt;
  model.remove_prefix(at + kGemini.size());
  int major = 0, minor = 0;
  size_t i = 0;
  for (; i < model.size() && i < 2 && model[i] >= '0' && model[i] <= '9'; ++i)
    major = major * 10 + (model[i] - '0');
  if (i == 0) return std::nullopt;
  if (i + 1 < model.size() && model[i] == '.' && model[i + 1] >= '0' && model[i + 1] <= '9')
    minor = model[i + 1] - '0';
  return major * 100 + minor;
}

bool names(std::string_view model, std::string_view word) {
  return model.find(word) != std::string_view::npos;
}

}  // namespace

GeminiTarget geminiTargetOf(std::string_view model) {
  GeminiTarget target{.model = std::string(model)};
  const bool pro = names(model, "-pro");
  if (pro) target.least_level = Effort::Low;
  const auto version = versionOf(model);
  if (!version) return target;
  if (*version == 300 && pro) target.medium_level = false;
  if (*version >= 300) return target;
  using Style = GeminiTarget::Thinking;
  target.thinking = *version >= 205 ? Style::Budget : Style::None;
  if (names(model, "flash")) {
    target.least_budget = names(model, "lite") ? 512 : 1;
    target.most_budget = 24'576;
    target.can_stop_thinking = true;
  }
  target.json_schema = *version >= 205;
  target.tools_with_json = false;
  target.call_ids = false;
  target.result_media = false;
  target.signed_calls = false;
  target.searches_by_prompt = true;
  return target;
}

}  // namespace penstock::dialect
