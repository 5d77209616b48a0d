// Answers and errors of providers: whatever the bytes are, reading them ends; what every caller is
// told of them is JSON.
#include <string_view>

#include "dialect/translate.h"
#include "fuzz/targets.h"
#include "json/scan.h"

namespace penstock::fuzz {
namespace {

using namespace dialect;

void translate(Dialect provider, std::string_view bytes) {
  const AnswerOptions options{.id = "x", .context = {"json_answer", {"shell"}}};
  require(estimateAnswer(provider, bytes) >= 0);
  for (const Dialect caller :
       {Dialect::OpenAi, Dialect::Responses, Dialect::Anthropic, Dialect::Gemini}) {
    Losses losses(caller);
    const auto told = translateAnswer(provider, caller, bytes, options, losses);
    if (told) require(penstock::json::validate(*told).has_value());
    const auto error = translateError(provider, caller, bytes, 500, "r");
    require(penstock::json::validate(error).has_value());
  }
}

}  // namespace

void answerOpenAi(std::string_view bytes) { translate(Dialect::OpenAi, bytes); }
void answerResponses(std::string_view bytes) { translate(Dialect::Responses, bytes); }
void answerAnthropic(std::string_view bytes) { translate(Dialect::Anthropic, bytes); }
void answerGemini(std::string_view bytes) { translate(Dialect::Gemini, bytes); }
void answerBedrock(std::string_view bytes) { translate(Dialect::Bedrock, bytes); }

}  // namespace penstock::fuzz
