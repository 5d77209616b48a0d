#include "dialect/responses_answer_writer.h"

#include "dialect/openai_answer_writer.h"
#include "dialect/responses_stop.h"
#include "dialect/thought_signature.h"

namespace penstock::dialect {

std::string writeResponsesAnswer(const ChatAnswer& answer, const ResponsesHead& head,
                                 Losses& losses) {
  for (const Part& part : answer.parts)
    if (const auto* other = part.as<OtherPart>())
      losses.dropExtras({{other->type, other->json}}, "answer.");
  const std::string id = head.idOf(answer.id);
  std::vector<OutputItem> items =
      outputItems(signaturesOnThinking(answer.parts, CallSignatures::Move), id);
  const bool cut = !incompleteReason(answer.stop.reason).empty();
  if (cut && !items.empty()) items.back().status = ItemStatus::Incomplete;
  const std::string tier = openAiTier(answer.service_tier);
  return renderResponse({.head = head,
                         .id = id,
                         .model = answer.model.empty() ? head.model : answer.model,
                         .status = ResponsesObject::Status::Ended,
                         .output = &items,
                         .stop = &answer.stop,
                         .usage = &answer.usage,
                         .service_tier = tier});
}

}  // namespace penstock::dialect
