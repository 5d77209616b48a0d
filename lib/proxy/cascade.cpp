#include "proxy/cascade.h"

#include <fmt/format.h>

namespace penstock::proxy {
namespace {

// For a judge whose target names no timeout.
constexpr int64_t kJudgeTimeoutMillis = 30'000;

}  // namespace

void Cascade::start(const budget::Standing* downgraded_by) {
  downgraded_by_ = downgraded_by;
  runStep();
}

void Cascade::runStep() {
  if (isLast()) explain(fmt::format("cascade: step {}, the last", step_ + 1));
  launch(isLast() ? scope_ : whole_, branch().line).start(downgraded_by_);
}

void Cascade::moveOn() {
  judging_ = nullptr;
  if (isLast()) return giveUp();
  ++step_;
  runStep();
}

void Cascade::giveUp() {
  if (replied_ == nullptr) return failLike(*failed_);
  answer(*replied_, std::move(replied_->body()), "cascade_exhausted");
}

void Cascade::accept(std::string_view how) {
  answer(*replied_, std::move(replied_->body()),
         fmt::format("cascade: step {} {}", step_ + 1, how));
}

void Cascade::onChainStream(Chain& chain, std::string_view bytes) {
  if (over()) return;
  Gathering::onChainStream(chain, bytes);
}

void Cascade::onChainWhole(Chain& chain) {
  if (over()) return;
  if (&chain == judging_) return onVerdict();
  replied_ = chain.winner();
  reply_ = readReply(replied_->body());
  const config::Acceptance* wanted = branch().accept;
  if (wanted == nullptr) return accept("accepted");
  if (!meets(*wanted, reply_)) return moveOn();
  if (wanted->judge) return askJudge(*wanted->judge);
  accept("accepted");
}

// What a provider said counts more than what a budget did not let it be asked. Without its judge's
// word, a reply is not accepted.
void Cascade::onChainFailed(Chain& chain) {
  if (over()) return;
  const bool tells =
      failed_ == nullptr || chain.lastFailure().kind != AttemptFailure::Class::Budget;
  if (&chain != judging_ && tells) failed_ = &chain;
  moveOn();
}

void Cascade::onChainDowngraded(Chain& chain) {
  if (over()) return;
  if (&chain == judging_) return moveOn();
  Gathering::onChainDowngraded(chain);
}

void Cascade::askJudge(const config::Acceptance::Judge& judge) {
  const std::string said =
      reply_.tool_calls.empty() ? reply_.text : reply_.text + "\ncalls: " + reply_.tool_calls;
  judges_.push_back(std::make_unique<Judge>(whole_, judge.target, kJudgeTimeoutMillis,
                                            questionHowGood(scope_.request.content, said)));
  judging_ = &launch(judges_.back()->scope(), judges_.back()->line());
  judging_->start(downgraded_by_);
}

void Cascade::onVerdict() {
  const auto score = readScore(readReply(judging_->winner()->body()).text);
  if (!score || *score < branch().accept->judge->min_score) return moveOn();
  accept(fmt::format("accepted by its judge ({:.2f})", *score));
}

}  // namespace penstock::proxy
