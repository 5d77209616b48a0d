#include "dialect/anthropic_sampling.h"

#include <algorithm>

namespace penstock::dialect {

ClaudeSampling planSampling(const ChatRequest& request, const AnthropicTarget& target,
                            const Thinking& thinking, Losses& losses) {
  ClaudeSampling plan;
  const Sampling& sampling = request.sampling;
  const bool thinks = thinking.active();
  const bool taken = target.sampling && !thinks;
  const char* reason = thinks ? "is refused while the model thinks" : "is refused by the model";
  if (sampling.temperature && taken) {
    if (*sampling.temperature > 1) losses.change(Field::Temperature, "is at most 1");
    plan.temperature = std::min(*sampling.temperature, 1.0);
  } else if (sampling.temperature && sampling.temperature != 1.0) {
    losses.drop(Field::Temperature, reason);
  }
  const bool same = request.source == Dialect::Anthropic;
  const bool either = target.one_sampling && sampling.temperature && !same;
  if (sampling.top_p && target.sampling && !either && (!thinks || *sampling.top_p >= 0.95))
    plan.top_p = sampling.top_p;
  else if (sampling.top_p && sampling.top_p != 1.0)
    losses.drop(Field::TopP, either && taken ? "is refused beside temperature" : reason);
  if (sampling.top_k && taken)
    plan.top_k = sampling.top_k;
  else if (sampling.top_k)
    losses.drop(Field::TopK, reason);
  dropForeignSampling(sampling, losses);
  return plan;
}

void dropForeignSampling(const Sampling& sampling, Losses& losses) {
  const auto missing = [&losses](bool present, Field field) {
    if (present) losses.drop(field, "has no equivalent");
  };
  missing(sampling.seed.has_value(), Field::Seed);
  missing(sampling.presence_penalty.value_or(0) != 0, Field::PresencePenalty);
  missing(sampling.frequency_penalty.value_or(0) != 0, Field::FrequencyPenalty);
}

}  // namespace penstock::dialect
