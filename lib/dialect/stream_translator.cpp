#include "dialect/stream_translator.h"

namespace penstock::dialect {
namespace {

// Events that the caller sees nothing of, or that say nothing of the answer.
bool isContent(const ChatEvent& event) {
  return std::visit(
      Overloaded{
          [](const TextDelta&) { return true; }, [](const RefusalDelta&) { return true; },
          [](const ThinkingDelta&) { return true; }, [](const SignatureDelta&) { return true; },
          [](const RedactedThinkingEvent&) { return true; }, [](const ToolStart&) { return true; },
          [](const ArgumentsDelta&) { return true; }, [](const auto&) { return false; }},
      event);
}

}  // namespace

StreamPhase StreamTranslator::feed(std::string_view bytes, std::string& out) {
  if (ended()) return phase_;
  const bool valid = reader_->feed(bytes, events_);
  onEvents(out);
  if (!valid && !ended()) fail(StreamFailure::Garbage);
  return phase_;
}

StreamPhase StreamTranslator::finish(std::string& out) {
  if (ended()) return phase_;
  reader_->finish(events_);
  onEvents(out);
  if (ended()) return phase_;
  // A finished answer lacks at most its usage and the dialect's end, even when it was cut there.
  if (finished_)
    onEnd(out);
  else
    fail(StreamFailure::Truncated);
  return phase_;
}

void StreamTranslator::onEvents(std::string& out) {
  for (const ChatEvent& event : events_) {
    if (ended()) break;
    onEvent(event, out);
  }
  events_.clear();
}

void StreamTranslator::onEvent(const ChatEvent& event, std::string& out) {
  if (std::holds_alternative<EndEvent>(event)) return onEnd(out);
  if (const auto* error = std::get_if<ErrorEvent>(&event)) return onError(*error, out);
  note(event);
  if (output_.size() > kMaxAnswerBytes) return fail(StreamFailure::Garbage);
  if (isContent(event)) ++content_events_;
  if (std::holds_alternative<FinishEvent>(event)) finished_ = true;
  if (filter_ == nullptr) return pass(event, out);
  filter_->pass(event, passed_);
  passFiltered(out);
}

void StreamTranslator::pass(const ChatEvent& event, std::string& out) {
  if (isContent(event) || std::holds_alternative<FinishEvent>(event)) release(out);
  if (std::holds_alternative<PingEvent>(event) && !released_) return;
  forward(event, out);
}

void StreamTranslator::passFiltered(std::string& out) {
  for (const ChatEvent& event : passed_) {
    if (!ended()) pass(event, out);
  }
  passed_.clear();
  if (!ended() && filter_->refusal()) fail(StreamFailure::Refused);
}

// What accounting and the caller of the translator want to know.
void StreamTranslator::note(const ChatEvent& event) {
  std::visit(
      Overloaded{[this](const StartEvent& start) { model_ = start.model; },
                 [this](const TextDelta& text) {
                   answering_ = true;
                   output_.add(text.text);
                 },
                 [this](const RefusalDelta& refusal) {
                   answering_ = true;
                   output_.add(refusal.text);
                 },
                 [this](const ThinkingDelta& thinking) { output_.add(thinking.text); },
                 [this](const ToolStart& start) {
                   answering_ = calls_ = true;
                   output_.add(start.name);
                 },
                 [this](const ArgumentsDelta& arguments) { output_.add(arguments.fragment); },
                 [this](const UsageEvent& usage) { usage_ = usage.usage; },
                 [this](const TierEvent& tier) { service_tier_ = tier.service_tier; },
                 [this](const LossEvent& loss) {
                   if (loss.what == "inlineData") answering_ = true;  // a picture
                   const bool known =
                       std::find(lost_.begin(), lost_.end(), loss.what) != lost_.end();
                   if (!known && lost_.size() < kMaxLost) lost_.push_back(loss.what);
                 },
                 [](const auto&) {}},
      event);
}

void StreamTranslator::forward(const ChatEvent& event, std::string& out) {
  writer_->write(event, released_ ? out : held_);
  if (held_.size() > kMaxHeldBytes) fail(StreamFailure::Garbage);
}

void StreamTranslator::onEnd(std::string& out) {
  // A stream that neither said anything nor finished is no answer.
  if (content_events_ == 0 && !finished_) return fail(StreamFailure::Truncated);
  if (filter_ != nullptr) {
    filter_->finish(passed_);
    passFiltered(out);
    if (ended()) return;
  }
  release(out);
  if (!finished_) {
    using Reason = Stop::Reason;
    const Stop stop{.reason = calls_ ? Reason::ToolUse : Reason::EndTurn};
    writer_->write(FinishEvent{stop}, out);
  }
  if (usage_.source == model::Usage::Source::None) {
    model::Usage estimate;
    estimate.source = model::Usage::Source::Estimated;
    estimate.input_uncached = input_estimate_;
    estimate.output_text = estimatedOutputTokens();
    writer_->write(UsageEvent{estimate}, out);
  }
  writer_->write(EndEvent{}, out);
  phase_ = StreamPhase::Done;
}

void StreamTranslator::onError(const ErrorEvent& event, std::string& out) {
  upstream_error_ = event.error;
  if (released_) writer_->write(event, out);
  fail(StreamFailure::UpstreamError);
}

void StreamTranslator::release(std::string& out) {
  if (released_) return;
  released_ = true;
  phase_ = StreamPhase::Streaming;
  out.append(held_);
  held_ = {};
}

void StreamTranslator::fail(StreamFailure failure) {
  phase_ = StreamPhase::Failed;
  failure_ = failure;
}

}  // namespace penstock::dialect
