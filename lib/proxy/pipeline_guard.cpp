// What guardrails put between the pipeline's steps: before the decision, and before an answer
// leaves.
#include "proxy/pipeline.h"
#include "proxy/surface.h"

namespace penstock::proxy {

// May wait for webhooks: the request goes on from there.
void Pipeline::guard() {
  auto policy = caller_.snapshot->findGuard(caller_.project->id);
  if (policy == nullptr) return proceed();
  guarding_.emplace(
      loop_, std::move(policy),
      Guarding::Subject{row_.request_id, caller_.project->id, std::string(request_->model)});
  if (!guarding_->checksRequests()) return proceed();
  live();
  guarding_->checkRequest(std::string(body()), [this](Result<std::string> checked) {
    const auto keep = weak_from_this().lock();
    if (!checked) return answerFailure(checked.error());
    if (*checked != body()) {
      rewritten_ = *std::move(checked);
      if (const Status parsed = parseBody(); !parsed) return answerFailure(parsed.error());
    }
    proceed();
  });
}

// An answer on its way to the caller; one that is put together here is in OpenAI's dialect.
void Pipeline::deliver(std::string answer, const std::string& content_type, Made made) {
  const auto leave = [this, content_type, made](std::string body) {
    if (wantsStream()) return answerReplay(body);
    if (made == Made::ByProvider) return answerWhole(std::move(body), content_type);
    auto rendered = renderOwnAnswer({body, *scope_});
    if (!rendered) return answerFailure(rendered.error());
    answerWhole(*std::move(rendered), content_type);
  };
  if (!guardsAnswers()) return leave(std::move(answer));
  guarding_->checkAnswer(std::move(answer), [this, leave](Result<std::string> checked) {
    const auto keep = weak_from_this().lock();
    if (!checked) return answerFailure(checked.error());
    leave(*std::move(checked));
  });
}

}  // namespace penstock::proxy
