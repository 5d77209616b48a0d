// What guardrails put between the pipeline's steps: before the decision, and before an answer
// leaves.
#include "proxy/pipeline.h"
#include "proxy/surface.h"
#include "proxy/transcript.h"

namespace penstock::proxy {

// May wait for webhooks: the request goes on from there.
void Pipeline::guard() {
  auto policy = caller_.snapshot->findGuard(caller_.project->id);
  if (policy == nullptr) return proceed();
  guarding_.emplace(
      loop_, std::move(policy),
      Guarding::Subject{row_.request_id, caller_.project->id, std::string(request_->model)});
  if (request_->stream && media() != nullptr && guardsAnswers()) {
    return answerFailure(invalidRequest(
        "stream_not_supported",
        "this project's guardrails check transcripts, which cannot be streamed then", "stream"));
  }
  if (!guarding_->checksRequests()) return proceed();
  live();
  checkRequest();
}

void Pipeline::checkRequest() {
  guarding_->checkRequest(guardedBody(), [this](Result<std::string> checked) {
    const auto keep = weak_from_this().lock();
    if (!checked) return answerFailure(checked.error());
    if (Status rewritten = rewriteBody(*std::move(checked)); !rewritten)
      return answerFailure(rewritten.error());
    proceed();
  });
}

// A form's fields, or the body, which is JSON then.
std::string Pipeline::guardedBody() const {
  const dialect::MediaRequest* of_media = media();
  return of_media != nullptr && of_media->form ? *of_media->fields : std::string(body());
}

Status Pipeline::rewriteBody(std::string checked) {
  const dialect::MediaRequest* of_media = media();
  if (of_media != nullptr && of_media->form) {
    if (checked == *of_media->fields) return Unit{};
    auto form = dialect::formWithFields(*of_media, checked);
    if (!form) return std::move(form).error();
    rewritten_ = *std::move(form);
    return parseBody();
  }
  if (checked == body()) return Unit{};
  rewritten_ = std::move(checked);
  named_body_.reset();
  if (state_) state_->changed();
  return parseBody();
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
  const Transcript transcript(media() == nullptr ? std::string_view() : answer);
  std::string shown = media() == nullptr ? std::move(answer) : transcript.asJson();
  guarding_->checkAnswer(std::move(shown), [this, leave, transcript](Result<std::string> checked) {
    const auto keep = weak_from_this().lock();
    if (!checked) return answerFailure(checked.error());
    leave(media() == nullptr ? *std::move(checked) : transcript.fromJson(*std::move(checked)));
  });
}

}  // namespace penstock::proxy
