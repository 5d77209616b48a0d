#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_events.h"
#include "dialect/chat_stream.h"
#include "dialect/estimate.h"
#include "dialect/event_filter.h"

namespace penstock::dialect {

// Translates a provider's stream into the caller's dialect, event by event. Pings reach the caller
// only once it has content. Where the provider sent no usage, the caller is told an estimate.
class StreamTranslator final : public ChatStream {
 public:
  // `input_estimate`: input tokens in all likelihood, for when the provider does not say. `filter`
  // may be null.
  StreamTranslator(std::unique_ptr<EventReader> reader, std::unique_ptr<EventWriter> writer,
                   int64_t input_estimate, std::unique_ptr<EventFilter> filter = nullptr)
      : reader_(std::move(reader)),
        writer_(std::move(writer)),
        filter_(std::move(filter)),
        input_estimate_(input_estimate) {}

  StreamPhase feed(std::string_view bytes, std::string& out) override;
  StreamPhase finish(std::string& out) override;

  StreamPhase phase() const override { return phase_; }
  StreamFailure failure() const override { return failure_; }
  bool released() const override { return released_; }
  bool answering() const override { return answering_; }
  const UpstreamError& upstreamError() const override { return upstream_error_; }
  const ApiError* refusal() const override {
    return failure_ == StreamFailure::Refused ? &*filter_->refusal() : nullptr;
  }
  int64_t nextSequence() const override { return writer_->nextSequence(); }
  void setTrace(std::function<std::string()> render) override {
    writer_->setTrace(std::move(render));
  }
  void keepResponse() override { writer_->keepResponse(); }
  std::string takeResponse() override { return writer_->takeResponse(); }
  const model::Usage& usage() const override { return usage_; }
  int64_t estimatedOutputTokens() const override {
    return std::max(output_.tokens(), content_events_);
  }
  // Sound has no translation.
  int64_t estimatedAudioTokens() const override { return 0; }
  const std::string& serviceTier() const override { return service_tier_; }
  const std::string& model() const override { return model_; }

  // What came that the caller's dialect has no place for: "web_search_tool_result".
  const std::vector<std::string>& lost() const { return lost_; }

 private:
  static constexpr size_t kMaxHeldBytes = 1 << 20;
  static constexpr size_t kMaxLost = 32;
  // Of text; no model says as much. What writers keep back is bounded by it.
  static constexpr int64_t kMaxAnswerBytes = 64 << 20;

  void onEvents(std::string& out);
  void onEvent(const ChatEvent& event, std::string& out);
  void pass(const ChatEvent& event, std::string& out);
  void passFiltered(std::string& out);
  void note(const ChatEvent& event);
  void onEnd(std::string& out);
  void onError(const ErrorEvent& event, std::string& out);
  void forward(const ChatEvent& event, std::string& out);
  void release(std::string& out);
  void fail(StreamFailure failure);
  bool ended() const { return phase_ == StreamPhase::Done || phase_ == StreamPhase::Failed; }

  const std::unique_ptr<EventReader> reader_;
  const std::unique_ptr<EventWriter> writer_;
  const std::unique_ptr<EventFilter> filter_;
  const int64_t input_estimate_;
  std::vector<ChatEvent> events_;  // of the read under way
  std::vector<ChatEvent> passed_;  // by the filter
  StreamPhase phase_ = StreamPhase::Waiting;
  StreamFailure failure_ = StreamFailure::None;
  bool released_ = false;
  bool answering_ = false;
  bool finished_ = false;
  bool calls_ = false;
  std::string held_;
  model::Usage usage_;
  TextSize output_;
  int64_t content_events_ = 0;
  std::string model_, service_tier_;
  std::vector<std::string> lost_;
  UpstreamError upstream_error_;
};

}  // namespace penstock::dialect
