#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialect/chat_view.h"
#include "model/request_log.h"
#include "proxy/admission.h"
#include "proxy/loop_context.h"
#include "routing/environment.h"
#include "routing/request_facts.h"

namespace penstock::proxy {

// A request as policies see it. Lives for one decision; what it refers to outlives it.
class ChatTraits final : public routing::RequestTraits {
 public:
  ChatTraits(LoopContext& loop, const Caller& caller, const dialect::ChatView& request,
             const model::RequestLog& row, routing::Environment& environment);

  int64_t promptTokens() const override;
  std::optional<int64_t> maxOutputTokens() const override { return request_.max_output_tokens; }
  bool hasTools() const override { return request_.has_tools; }
  bool hasImages() const override { return request_.hasImages(); }
  bool wantsJsonSchema() const override { return request_.wantsJsonSchema(); }
  std::string_view stickyKey() const override;
  uint64_t affinityKey() const override;
  const rules::Facts& facts() const override { return facts_; }

 private:
  std::vector<routing::RequestFacts::Budget> budgets() const;
  const config::RoutingConfig* config() const;

  LoopContext& loop_;
  const Caller& caller_;
  const dialect::ChatView& request_;
  const model::RequestLog& row_;
  mutable std::optional<int64_t> prompt_tokens_;
  const routing::RequestFacts facts_;
};

}  // namespace penstock::proxy
