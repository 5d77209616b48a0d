// :event-type         payload
// messageStart        {"role":"assistant"}
// contentBlockStart   {"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"…","name":"f"}}}
// contentBlockDelta   {"contentBlockIndex":0,"delta":{"text":"Hi"}|{"toolUse":{"input":"{\"a"}}|
//                      {"reasoningContent":{"text":"…"}|{"signature":"…"}|{"redactedContent":"…"}}}
// contentBlockStop    {"contentBlockIndex":0}
// messageStop         {"stopReason":"end_turn"}
// metadata            {"usage":{…},"metrics":{…},"serviceTier":{"type":"default"}}
#include "dialect/bedrock_event_reader.h"

#include <algorithm>

#include "dialect/anthropic_answer_reader.h"
#include "dialect/bedrock_answer_reader.h"
#include "dialect/bedrock_errors.h"
#include "dialect/bedrock_usage.h"
#include "dialect/error_class.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

int64_t indexOf(ValueRef event) { return event.intAt("contentBlockIndex").value_or(0); }

std::string textAt(ValueRef object, std::string_view key) {
  return std::string(object.stringAt(key).value_or(""));
}

std::string_view firstKey(ValueRef object) {
  return object.isObject() && object.size() > 0 ? object.keyAt(0) : std::string_view("delta");
}

}  // namespace

bool BedrockEventReader::feed(std::string_view bytes, std::vector<ChatEvent>& events) {
  events_ = &events;
  bool valid = true;
  const auto each = [this, &valid](const AwsFrame& frame) {
    if (valid) valid = onFrame(frame);
  };
  return frames_.feed(bytes, each) && valid;
}

bool BedrockEventReader::onFrame(const AwsFrame& frame) {
  if (frame.message_type == "exception") {
    onError(frame.exception_type, frame.payload);
    return true;
  }
  if (frame.message_type == "error") {
    const std::string body = "{\"message\":" + json::quoted(frame.error_message) + "}";
    onError(frame.error_code, body);
    return true;
  }
  return onEvent(frame.event_type, frame.payload);
}

void BedrockEventReader::onError(std::string_view type, std::string_view body) {
  UpstreamError error = parseBedrockError(body, 502, type);
  const int status = statusOf(classOf(error, 502));
  events_->push_back(ErrorEvent{std::move(error), status});
}

// False: not what its name says.
bool BedrockEventReader::onEvent(std::string_view type, std::string_view payload) {
  const auto document = json::parse(payload);
  if (!document || !document->root().isObject()) return false;
  const ValueRef event = document->root();
  if (type == "contentBlockDelta")
    onBlockDelta(event);
  else if (type == "contentBlockStart")
    onBlockStart(event);
  else if (type == "contentBlockStop")
    onBlockStop(event);
  else if (type == "messageStart")
    events_->push_back(StartEvent{});
  else if (type == "messageStop")
    onMessageStop(event);
  else if (type == "metadata")
    onMetadata(event);
  else
    lose(type);
  return true;
}

void BedrockEventReader::onBlockStart(ValueRef event) {
  const auto start = event.find("start");
  const auto tool = start ? start->find("toolUse") : std::nullopt;
  if (!tool) {
    if (start && start->size() > 0) lose(firstKey(*start));
    return;
  }
  const int64_t index = indexOf(event);
  ToolStart begun{.call = index, .id = textAt(*tool, "toolUseId"), .name = textAt(*tool, "name")};
  if (!context_.json_tool.empty() && begun.name == context_.json_tool) {
    calls_[index] = {.kind = Kind::JsonTool};
    return;
  }
  real_calls_ = true;
  const auto& custom = context_.custom_tools;
  const bool is_custom = std::find(custom.begin(), custom.end(), begun.name) != custom.end();
  calls_[index] = {.kind = is_custom ? Kind::CustomTool : Kind::Tool};
  if (is_custom) begun.kind = ToolKind::Custom;
  events_->push_back(std::move(begun));
}

void BedrockEventReader::onBlockDelta(ValueRef event) {
  const auto delta = event.find("delta");
  if (!delta) return;
  if (const auto text = delta->stringAt("text")) {
    if (!text->empty()) events_->push_back(TextDelta{std::string(*text)});
  } else if (const auto tool = delta->find("toolUse")) {
    onInput(indexOf(event), textAt(*tool, "input"));
  } else if (const auto reasoning = delta->find("reasoningContent")) {
    onReasoning(*reasoning);
  } else {
    lose(firstKey(*delta));
  }
}

void BedrockEventReader::onReasoning(ValueRef reasoning) {
  if (std::string text = textAt(reasoning, "text"); !text.empty())
    events_->push_back(ThinkingDelta{std::move(text)});
  if (std::string signature = textAt(reasoning, "signature"); !signature.empty())
    events_->push_back(SignatureDelta{std::move(signature)});
  if (std::string data = textAt(reasoning, "redactedContent"); !data.empty())
    events_->push_back(RedactedThinkingEvent{std::move(data)});
}

void BedrockEventReader::onInput(int64_t index, std::string fragment) {
  const auto call = calls_.find(index);
  if (call == calls_.end() || fragment.empty()) return;
  call->second.any = true;
  switch (call->second.kind) {
    case Kind::JsonTool: events_->push_back(TextDelta{std::move(fragment)}); break;
    case Kind::CustomTool: call->second.input += fragment; break;
    case Kind::Tool: events_->push_back(ArgumentsDelta{index, std::move(fragment)}); break;
  }
}

void BedrockEventReader::onBlockStop(ValueRef event) {
  const int64_t index = indexOf(event);
  if (const auto call = calls_.find(index); call != calls_.end()) {
    const Kind kind = call->second.kind;
    std::string custom = kind == Kind::CustomTool ? customInput(call->second.input) : "";
    if (!custom.empty())
      events_->push_back(ArgumentsDelta{index, std::move(custom)});
    else if (kind == Kind::Tool && !call->second.any)
      events_->push_back(ArgumentsDelta{index, "{}"});
    calls_.erase(call);
  }
  events_->push_back(PartEnd{});
}

void BedrockEventReader::onMessageStop(ValueRef event) {
  const std::string word = textAt(event, "stopReason");
  if (isBedrockFailure(word)) {
    UpstreamError error;
    error.message = "The model failed to answer: " + word + ".";
    error.type = "modelStreamErrorException";
    error.code = word;
    events_->push_back(ErrorEvent{std::move(error), statusOf(ErrorClass::Server)});
    return;
  }
  Stop stop = stopOfConverse(word);
  const bool made_up = stop.reason == Stop::Reason::ToolUse && !real_calls_;
  if (made_up) stop = {.reason = Stop::Reason::EndTurn, .raw = "end_turn"};
  finished_ = true;
  events_->push_back(FinishEvent{std::move(stop)});
}

void BedrockEventReader::onMetadata(ValueRef event) {
  if (const auto usage = event.find("usage")) {
    const model::Usage counts = readBedrockUsage(*usage);
    if (counts.source != model::Usage::Source::None) events_->push_back(UsageEvent{counts});
  }
  const auto tier = event.find("serviceTier");
  if (tier && tier->stringAt("type"))
    events_->push_back(TierEvent{std::string(*tier->stringAt("type"))});
  if (finished_) events_->push_back(EndEvent{});
}

}  // namespace penstock::dialect
