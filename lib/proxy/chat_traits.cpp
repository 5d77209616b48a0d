#include "proxy/chat_traits.h"

#include "routing/affinity.h"

namespace penstock::proxy {

ChatTraits::ChatTraits(LoopContext& loop, const Caller& caller, const dialect::ChatView& request,
                       const model::RequestLog& row, routing::Environment& environment)
    : loop_(loop),
      caller_(caller),
      request_(request),
      row_(row),
      facts_({.tags = row.tags,
              .end_user = row.end_user,
              .project = caller.project->slug,
              .model = request.model,
              .request = *this,
              .temperature = request.temperature(),
              .stream = request.stream,
              .budgets = [this] { return budgets(); },
              .config = config(),
              .snapshot = *caller.snapshot,
              .environment = environment}) {}

int64_t ChatTraits::promptTokens() const {
  if (!prompt_tokens_) prompt_tokens_ = request_.estimateInputTokens();
  return *prompt_tokens_;
}

std::string_view ChatTraits::stickyKey() const {
  if (!row_.end_user.empty()) return row_.end_user;
  return row_.conversation_id.empty() ? row_.trace_id : row_.conversation_id;
}

uint64_t ChatTraits::affinityKey() const {
  return routing::affinityKey({caller_.project->id, row_.conversation_id, request_.content});
}

const config::RoutingConfig* ChatTraits::config() const {
  if (!request_.model.starts_with('@')) return nullptr;
  return caller_.snapshot->findRoutingConfig(caller_.project->id,
                                             std::string_view(request_.model).substr(1));
}

// Those that bind the request wherever it goes: of providers and models nothing is known yet.
std::vector<routing::RequestFacts::Budget> ChatTraits::budgets() const {
  const config::RoutingConfig* of = config();
  const config::BudgetSubject subject{caller_.project->id,
                                      caller_.key == nullptr ? std::string_view() : caller_.key->id,
                                      row_.end_user,
                                      of == nullptr ? std::string_view() : of->head.id,
                                      {},
                                      {},
                                      row_.tags};
  std::vector<config::BudgetMatch> matches;
  caller_.snapshot->budgets().match(subject, matches);
  std::vector<routing::RequestFacts::Budget> budgets;
  for (const budget::Standing& standing : loop_.shared.ledger.peek(matches, row_.created_at)) {
    const bool of_money = standing.unit == model::BudgetUnit::Usd;
    budgets.push_back(
        {standing.budget->name, standing.usedShare(),
         of_money ? std::optional(static_cast<double>(standing.left()) / 1e9) : std::nullopt});
  }
  return budgets;
}

}  // namespace penstock::proxy
