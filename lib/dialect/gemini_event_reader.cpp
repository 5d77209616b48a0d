// data: {"candidates":[{"content":{"parts":[{"text":"Hi"}],"role":"model"},"index":0}],
//        "usageMetadata":{…},"modelVersion":"gemini-…","responseId":"…"}
// data: {"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP"}],…}
#include "dialect/gemini_event_reader.h"

#include "dialect/error_class.h"
#include "dialect/gemini_answer_reader.h"
#include "dialect/gemini_errors.h"
#include "dialect/gemini_wire.h"
#include "json/document.h"

namespace penstock::dialect {

using json::ValueRef;

bool GeminiEventReader::feed(std::string_view bytes, std::vector<ChatEvent>& events) {
  events_ = &events;
  bool valid = true;
  const bool split = chunks_.feed(bytes, [this, &valid](std::string_view chunk) {
    if (valid && !chunk.empty()) valid = onChunk(chunk);
  });
  return split && valid;
}

void GeminiEventReader::finish(std::vector<ChatEvent>& events) {
  events_ = &events;
  chunks_.finish([this](std::string_view chunk) { onChunk(chunk); });
}

bool GeminiEventReader::onChunk(std::string_view data) {
  const auto document = json::parse(data);
  if (!document || !document->root().isObject()) return false;
  const ValueRef chunk = document->root();
  if (memberOf(chunk, "error")) {
    onError(data);
    return true;
  }
  if (!parts_) onStart(chunk);
  onUsage(chunk);
  const auto candidates = memberOf(chunk, "candidates");
  const auto candidate = candidates ? firstCandidate(*candidates) : std::nullopt;
  if (candidates && candidates->size() > (candidate ? 1u : 0u))
    events_->push_back(LossEvent{"candidates"});
  if (candidate) {
    onCandidate(*candidate);
  } else if (const std::string blocked = blockReason(chunk); !blocked.empty()) {
    events_->push_back(FinishEvent{{.reason = Stop::Reason::Refusal, .raw = blocked}});
  }
  return true;
}

void GeminiEventReader::onStart(ValueRef chunk) {
  const std::string id = textOf(chunk, "responseId");
  parts_.emplace(lenient_, id);
  events_->push_back(StartEvent{id, textOf(chunk, "modelVersion")});
}

void GeminiEventReader::onUsage(ValueRef chunk) {
  usage_.update(chunk);
  const model::Usage usage = usage_.usage();
  if (usage.source != model::Usage::Source::None) events_->push_back(UsageEvent{usage});
  if (!usage_.serviceTier().empty()) events_->push_back(TierEvent{usage_.serviceTier()});
}

void GeminiEventReader::onError(std::string_view data) {
  UpstreamError error = parseGeminiError(data, 502);
  const int status = statusOf(classOf(error, 502));
  events_->push_back(ErrorEvent{std::move(error), status});
}

void GeminiEventReader::onCandidate(ValueRef candidate) {
  for (Part& part : readGeminiCandidate(*parts_, candidate, context_)) onPart(part);
  if (const std::string word = textOf(candidate, "finishReason"); !word.empty()) onFinish(word);
}

void GeminiEventReader::onPart(Part& part) {
  if (auto* call = std::get_if<ToolCallPart>(&part.value))
    return onCall(*call, std::move(part.signature));
  std::string signature = std::move(part.signature);
  if (auto* text = std::get_if<TextPart>(&part.value)) {
    if (!text->text.empty()) events_->push_back(TextDelta{std::move(text->text)});
  } else if (auto* thinking = std::get_if<ThinkingPart>(&part.value)) {
    if (!thinking->text.empty()) events_->push_back(ThinkingDelta{std::move(thinking->text)});
    signature = std::move(thinking->signature);
  } else if (auto* other = std::get_if<OtherPart>(&part.value)) {
    events_->push_back(LossEvent{std::move(other->type)});
  }
  if (!signature.empty()) events_->push_back(SignatureDelta{std::move(signature)});
}

// Comes whole.
void GeminiEventReader::onCall(ToolCallPart& call, std::string signature) {
  const int64_t number = calls_++;
  events_->push_back(
      ToolStart{number, std::move(call.id), std::move(call.name), call.kind, std::move(signature)});
  if (call.arguments.empty() && call.kind == ToolKind::Function) call.arguments = "{}";
  if (!call.arguments.empty())
    events_->push_back(ArgumentsDelta{number, std::move(call.arguments)});
  events_->push_back(PartEnd{});
}

void GeminiEventReader::onFinish(const std::string& word) {
  if (isGeminiFailure(word)) {
    UpstreamError error;
    error.message = "The model failed to answer: " + word + ".";
    error.type = "INTERNAL";
    error.code = word;
    events_->push_back(ErrorEvent{std::move(error), statusOf(ErrorClass::Server)});
    return;
  }
  Stop stop = stopOfGemini(word);
  if (stop.reason == Stop::Reason::EndTurn && calls_ > 0) stop.reason = Stop::Reason::ToolUse;
  events_->push_back(FinishEvent{std::move(stop)});
}

}  // namespace penstock::dialect
