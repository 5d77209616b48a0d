#include "dialect/responses_target.h"

namespace penstock::dialect {

ResponsesTarget responsesTargetOf(std::string_view model) {
  const OpenAiTarget chat = openAiTargetOf(model);
  return {.model = chat.model,
          .sampling = chat.sampling,
          .breakpoints = chat.cache_marks == OpenAiTarget::CacheMarks::Breakpoint,
          .efforts = chat.efforts};
}

}  // namespace penstock::dialect
