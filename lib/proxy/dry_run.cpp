#include "proxy/dry_run.h"

#include "dialect/openai_request.h"
#include "proxy/chat_traits.h"
#include "proxy/live_environment.h"
#include "routing/decide.h"

namespace penstock::proxy {

Result<model::DecisionTrace> dryRun(LoopContext& loop, const DryRunRequest& request) {
  auto parsed = dialect::parseOpenAiChat(request.body);
  if (!parsed) return std::move(parsed).error();
  model::RequestLog row;
  row.created_at = loop.shared.clock.now();
  row.end_user = parsed->end_user.empty() ? parsed->user : parsed->end_user;
  row.conversation_id = parsed->conversation_id;
  row.trace_id = parsed->trace_id;
  row.tags = parsed->tags;
  const Caller caller{request.snapshot, nullptr, &request.project};
  LiveEnvironment environment(loop, caller, row.created_at);
  const ChatTraits traits(loop, caller, *parsed, row, environment);
  const auto decision = routing::decide({*request.snapshot, request.project, parsed->model, traits,
                                         environment, routing::Detail::Explained});
  if (!decision) return decision.error();
  return routing::describe(*decision);
}

}  // namespace penstock::proxy
