#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialect/chat_request.h"
#include "dialect/gemini_target.h"
#include "dialect/losses.h"

namespace penstock::dialect {

// A request's "thinkingConfig".
struct GeminiThinking {
  std::optional<int64_t> budget;  // 0 off, -1 as the model likes
  std::string_view level;         // "HIGH"; empty: not said
  std::optional<bool> include;    // the thoughts in the answer
  bool says() const { return budget || !level.empty() || include; }
};

// Gemini 2.5 knows budgets, 3 levels (spec/dialects.md 5): the nearest that the target takes. Callers
// of other dialects who ask for thinking are shown it, as these do.
GeminiThinking planGeminiThinking(const ChatRequest& request, const GeminiTarget& target,
                                  Losses& losses);

}  // namespace penstock::dialect
