#include "proxy/ensemble.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace penstock::proxy {

Ensemble::Ensemble(const RequestScope& scope, const routing::Decision& decision, Chains& chains,
                   Listener& listener)
    : Gathering(scope, decision, chains, listener),
      policy_(*decision.ensemble),
      format_(scope.request),
      timer_(scope.loop.loop, [this] { onTimer(); }) {}

void Ensemble::start(const budget::Standing* downgraded_by) {
  downgraded_by_ = downgraded_by;
  timer_.armIn(std::chrono::milliseconds(policy_.timeout_ms));
  for (const routing::Branch& branch : decision_.branches) {
    members_.push_back({.chain = &launch(whole_, branch.line), .ballot = {{}, branch.weight}});
  }
  for (const Member& member : members_) {
    if (over()) return;  // a budget has sent all elsewhere
    member.chain->start(downgraded_by);
  }
}

void Ensemble::stop() {
  Gathering::stop();
  timer_.cancel();
}

void Ensemble::onTimer() {
  if (over() || judging_ != nullptr) return;
  for (Member& member : members_) {
    if (std::exchange(member.pending, false)) member.chain->cancel();
  }
  aggregate();
}

void Ensemble::onChainWhole(Chain& chain) {
  if (over()) return;
  if (&chain == judging_) return onVerdict();
  Member& member = memberOf(chain);
  member.pending = false;
  member.replied = chain.winner();
  member.ballot.reply = readReply(member.replied->body());
  if (policy_.aggregation == config::Aggregation::FirstValid &&
      format_.accepts(member.ballot.reply)) {
    return answer(*member.replied, std::move(member.replied->body()),
                  fmt::format("first_valid: member {}", &member - members_.data() + 1));
  }
  proceed();
}

void Ensemble::onChainFailed(Chain& chain) {
  if (over()) return;
  if (&chain == judging_) return vote("llm_judge: the judge failed; weighted_vote");
  Member& member = memberOf(chain);
  member.pending = false;
  member.failed = true;
  proceed();
}

// Replies that are there already are worth more than the judge's.
void Ensemble::onChainDowngraded(Chain& chain) {
  if (over()) return;
  if (&chain == judging_) return vote("llm_judge: no budget for the judge; weighted_vote");
  Gathering::onChainDowngraded(chain);
}

Ensemble::Member& Ensemble::memberOf(const Chain& chain) {
  return *std::ranges::find(members_, &chain, [](const Member& member) { return member.chain; });
}

void Ensemble::proceed() {
  if (std::ranges::none_of(members_, &Member::pending)) aggregate();
}

void Ensemble::aggregate() {
  timer_.cancel();
  for (const Member& member : members_) {
    if (member.replied == nullptr) continue;
    ballots_.push_back(member.ballot);
    voters_.push_back(member.replied);
  }
  if (ballots_.empty()) return failAll();
  switch (policy_.aggregation) {
    case config::Aggregation::FirstValid: return takeFirst();
    case config::Aggregation::WeightedVote: return vote("weighted_vote");
    case config::Aggregation::WeightedAverage: return average();
    case config::Aggregation::LlmJudge: return askJudge();
  }
}

// What a provider said counts more than what a budget did not let it be asked.
void Ensemble::failAll() {
  Chain* failed = nullptr;
  for (const Member& member : members_) {
    if (!member.failed) continue;
    if (failed == nullptr || failed->lastFailure().kind == AttemptFailure::Class::Budget)
      failed = member.chain;
  }
  if (std::ranges::all_of(members_, &Member::failed)) return failLike(*failed);
  explain("no member answered in time");
  timeOut({ErrorKind::UpstreamTimeout, "upstream_timeout",
           fmt::format("no member of the ensemble answered within {} ms", policy_.timeout_ms)});
}

void Ensemble::takeFirst() {
  answer(*voters_[0], std::move(voters_[0]->body()), "first_valid: no reply was valid");
}

void Ensemble::vote(const std::string& because) {
  const Vote counted = countVotes(ballots_);
  Attempt& winner = *voters_[counted.winner];
  answer(winner, std::move(winner.body()),
         fmt::format("{}: {} of {} agreed", because, counted.agreed, ballots_.size()));
}

void Ensemble::average() {
  const auto mean = averageOf(ballots_);
  if (!mean) return vote("weighted_average: the replies are no numbers; weighted_vote");
  Attempt& first = *voters_[0];
  answer(first, withContent(first.body(), *mean),
         fmt::format("weighted_average: of {} replies", ballots_.size()));
}

void Ensemble::askJudge() {
  if (ballots_.size() == 1) return vote("llm_judge: one reply only; weighted_vote");
  std::vector<std::string> replies;
  for (const Ballot& ballot : ballots_) {
    const ReplyText& reply = ballot.reply;
    replies.push_back(reply.tool_calls.empty() ? reply.text
                                               : reply.text + "\ncalls: " + reply.tool_calls);
  }
  judge_ = std::make_unique<Judge>(
      whole_, policy_.judge->target, policy_.timeout_ms,
      questionWhichIsBest(policy_.judge->instructions, scope_.request.content, replies));
  judging_ = &launch(judge_->scope(), judge_->line());
  judging_->start(downgraded_by_);
}

void Ensemble::onVerdict() {
  const auto choice = readChoice(readReply(judging_->winner()->body()).text, voters_.size());
  if (!choice) return vote("llm_judge: the judge named no reply; weighted_vote");
  Attempt& winner = *voters_[*choice];
  answer(winner, std::move(winner.body()),
         fmt::format("llm_judge: reply {} of {}", *choice + 1, voters_.size()));
}

}  // namespace penstock::proxy
