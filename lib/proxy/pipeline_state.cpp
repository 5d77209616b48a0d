// What a request stands for by ids, which is asked for after admission: responses of before, and
// files. And what is kept of the Responses API, before the end of an answer leaves.
#include <utility>

#include "dialect/responses_echo.h"
#include "dialect/responses_history.h"
#include "proxy/off_loop.h"
#include "proxy/pipeline.h"

namespace penstock::proxy {

Status Pipeline::parseState() {
  if (state_) {
    state_->complete(responsesRequest());
  } else {
    state_.emplace(loop_, caller_, extensions_);
    if (Status open = state_->open(responsesRequest()); !open) return open;
  }
  responses_echo_ = dialect::responsesEcho(
      body(), {.store = keepsResponse(), .previous_response_id = state_->previousId()});
  return Unit{};
}

// Runs it on a thread of the pool, which may block, then goes on here.
template <typename Pool>
void Pipeline::work(Pool& pool, std::function<Status()> task,
                    void (Pipeline::*then)(const Status&)) {
  live();
  const auto go_on = [then](Pipeline& pipeline, const Status& status) {
    if (!pipeline.done_) (pipeline.*then)(status);
  };
  if (offLoop(pool, loop_.loop, shared_from_this(), std::move(task), go_on)) return;
  answerFailure(tooMuchWaits("too many responses and files are being looked up"));
}

// The files that the caller names: without them what comes is not known.
void Pipeline::fetchFiles() {
  const auto named = namesFiles();
  if (!named) return answerFailure(named.error());
  if (!*named) return recall();
  work(
      *loop_.shared.desk, [this] { return files_->resolve(dialect_, *request_, 0); },
      &Pipeline::onFiles);
}

void Pipeline::onFiles(const Status& fetched) {
  const auto keep = shared_from_this();
  if (!fetched) return answerFailure(fetched.error());
  // What is kept of the request names them still.
  if (keepsResponse()) state_->holdInput(responsesRequest());
  if (Status put = putFiles(); !put) return answerFailure(put.error());
  recall();
}

// Whether it names any. Most that may do not: they are not to wait for those that do.
Result<bool> Pipeline::namesFiles() {
  constexpr size_t kSearchedHere = 256 << 10;
  if (mediaKindOf(endpoint_) || !dialect::mayNameFiles(dialect_, *request_)) return false;
  if (!files_) files_.emplace(loop_, caller_, extensions_);
  if (body().size() > kSearchedHere) return true;
  const auto references = dialect::fileReferences(dialect_, *request_);
  if (!references) return references.error();
  return !references->empty();
}

Status Pipeline::putFiles() {
  auto with_files = files_->takeBody();
  if (!with_files) return Unit{};
  if (retainsPayloads()) named_body_ = std::string(body());
  request_.reset();
  rewritten_ = *std::move(with_files);
  return parseBody();
}

void Pipeline::recall() {
  if (!state_ || !state_->needsRecall()) return guard();
  work(
      *loop_.shared.responses, [this] { return state_->recall(responsesRequest()); },
      &Pipeline::onRecalled);
}

// The request goes on as one that needs nothing of before.
void Pipeline::onRecalled(const Status& recalled) {
  const auto keep = shared_from_this();
  if (!recalled) return answerFailure(recalled.error());
  auto text = std::exchange(rewritten_, std::nullopt);
  rewritten_ = state_->take(std::move(request_), std::move(text));
  if (Status parsed = parseBody(); !parsed) return answerFailure(parsed.error());
  fetchHistoryFiles();
}

// Those of what came before, which whoever holds that has: they are put in for the others.
void Pipeline::fetchHistoryFiles() {
  const auto named = namesFiles();
  if (!named) return answerFailure(named.error());
  if (!*named) return guard();
  work(
      *loop_.shared.desk,
      [this] { return files_->resolve(dialect_, *request_, state_->historyItems()); },
      &Pipeline::onHistoryFiles);
}

void Pipeline::onHistoryFiles(const Status& fetched) {
  const auto keep = shared_from_this();
  if (!fetched) return answerFailure(fetched.error());
  if (Status put = putFiles(); !put) return answerFailure(put.error());
  guard();
}

bool Pipeline::keepsResponse() const {
  const bool dry = extensions_.dry_run || endpoint_ != Endpoint::Chat;
  return state_ && state_->keeps() && !dry;
}

bool Pipeline::keepsNothingUnasked() const {
  return state_ && endpoint_ == Endpoint::Chat && !state_->whyNot().empty();
}

// Before the caller has the end of it, and so may name it.
void Pipeline::keepResponse(std::string_view object, const Attempt& by) {
  if (!keepsResponse() || object.empty()) return;
  state_->holdInput(responsesRequest());
  state_->keep(object, {row_, *by.candidate().provider, by.bill().model, by.bill().byok_fingerprint,
                        by.passesThrough() && !guardsAnswers()});
}

// A stream that was made of a whole answer.
void Pipeline::keepReplayed(std::string_view events) {
  const Attempt* by = served();
  if (!keepsResponse() || by == nullptr) return;
  dialect::ResponsesCollector collector;
  collector.feed(events);
  keepResponse(collector.response(), *by);
}

}  // namespace penstock::proxy
