// Recordings that are passed on while they arrive: what stands before the file in a form may say
// all that is to be decided. What stands behind it is held until all is there, and may decide anew.
#include "proxy/pipeline.h"

namespace penstock::proxy {
namespace {

// What stands before a file is short. What does not end is not looked through with each byte.
constexpr size_t kLookedThrough = 1 << 20;

}  // namespace

void Pipeline::awaitBody() {
  live();
  exchange_->onBody([this](const Status& came) {
    const auto keep = shared_from_this();
    onBody(came);
  });
  onBody(Unit{});
}

void Pipeline::onBody(const Status& came) {
  if (!came) {
    cancelChains();
    return answerFailure(came.error());
  }
  if (!exchange_->arriving()) return early_ ? onWholeBody() : begin();
  if (!early_) {
    if (body().size() < look_at_ || look_at_ > kLookedThrough) return;
    look_at_ = 2 * body().size();
    return goAhead();
  }
  static_cast<dialect::MediaRequest&>(*request_).grow(body());
  for (const auto& chain : chains_) chain->feed();
}

// Serves the request, if what is there tells how. Guardrails see all of it before anything leaves.
void Pipeline::goAhead() {
  const auto kind = mediaKindOf(endpoint_);
  const bool guarded = caller_.snapshot->findGuard(caller_.project->id) != nullptr;
  if (!kind || guarded || extensions_.dry_run) return;
  auto request = dialect::parseArrivingMedia(*kind, contentType(), body(), exchange_->bodyBytes(),
                                             mediaLimits());
  if (!request) return;
  early_ = true;
  request_ = std::make_unique<dialect::MediaRequest>(*std::move(request));
  typed_.emplace(dialect_, std::string_view(), request_->stream);
  for (auto step : {&Pipeline::describe, &Pipeline::admit}) {
    if (const Status ok = (this->*step)(); !ok) return answerFailure(ok.error());
  }
  fetchFiles();
}

void Pipeline::onWholeBody() {
  auto whole = readMedia(*mediaKindOf(endpoint_));
  if (!whole) {
    cancelChains();
    return answerFailure(whole.error());
  }
  auto& request = static_cast<dialect::MediaRequest&>(*request_);
  const bool differs = dialect::differsWhole(*whole, request);
  request = *std::move(whole);
  if (differs) return startOver();
  for (const auto& chain : chains_) chain->feed();
}

// Nobody has had the whole request, so nobody did anything for it.
void Pipeline::startOver() {
  cancelChains();
  own_key_for_ = nullptr;
  Status ready = describe();
  if (ready) ready = decide(request_->model);
  if (!ready) return answerFailure(ready.error());
  if (decision().shape == routing::Shape::Refused) return answerRuledOut();
  serve();
}

}  // namespace penstock::proxy
