#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialect/openai_target.h"

namespace penstock::dialect {

// What a model behind the Responses API can be asked.
struct ResponsesTarget {
  std::string model;         // as the provider names it
  bool sampling = true;      // takes temperature and top_p
  bool breakpoints = false;  // prompt_cache_breakpoint on parts
  // The efforts that it knows; nothing: it does not reason.
  std::optional<OpenAiTarget::Efforts> efforts = {};
  bool summaries = true;  // tells summaries of its reasoning
};

// By openAiTargetOf()'s knowledge of OpenAI's own families.
ResponsesTarget responsesTargetOf(std::string_view model);

}  // namespace penstock::dialect
