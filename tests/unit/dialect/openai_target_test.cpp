#include "dialect/openai_target.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock::dialect;

TEST_SUITE("dialect/openai_target") {
  TEST_CASE("OpenAI's families are told by their names, others get what every server takes") {
    struct Case {
      const char* model;
      std::string limit;
      bool sampling;
      int least, most;  // efforts; -1: none
    };
    const std::vector<Case> cases = {
        {"gpt-4o", "max_completion_tokens", true, -1, -1},
        {"openai/gpt-4.1-mini", "max_completion_tokens", true, -1, -1},
        {"o3-mini", "max_completion_tokens", false, 2, 4},
        {"gpt-5", "max_completion_tokens", false, 1, 4},
        {"gpt-5-chat-latest", "max_completion_tokens", true, -1, -1},
        {"gpt-5.1", "max_completion_tokens", false, 0, 4},
        {"gpt-5.2-pro", "max_completion_tokens", false, 0, 5},
        {"gpt-oss-120b", "max_tokens", true, 2, 4},
        {"deepseek-chat", "max_tokens", true, -1, -1},
        {"olmo-2", "max_tokens", true, -1, -1},
    };
    for (const Case& c : cases) {
      const OpenAiTarget target = openAiTargetOf(c.model);
      INFO(c.model);
      CHECK(target.limit_field == c.limit);
      CHECK(target.sampling == c.sampling);
      CHECK((target.efforts ? static_cast<int>(target.efforts->least) : -1) == c.least);
      CHECK((target.efforts ? static_cast<int>(target.efforts->most) : -1) == c.most);
    }
    CHECK(openAiTargetOf("gpt-5.6").cache_marks == OpenAiTarget::CacheMarks::Breakpoint);
    CHECK(openAiTargetOf("gpt-5.5").cache_marks == OpenAiTarget::CacheMarks::Leave);
  }
}
