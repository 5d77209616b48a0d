// event: message_start        data: {"type":"message_start","message":{"id":…,"usage":{…}}}
// event: content_block_start  data: {"type":…,"index":0,"content_block":{"type":"text","text":""}}
// event: ping                 data: {"type":"ping"}
// event: content_block_delta  data: {"type":…,"index":0,"delta":{"type":"text_delta","text":"Hi"}}
// event: content_block_stop   data: {"type":…,"index":0}
// event: message_delta        data: {"type":…,"delta":{"stop_reason":"end_turn"},"usage":{…}}
// event: message_stop         data: {"type":"message_stop"}
#include "dialect/anthropic_event_reader.h"

#include <algorithm>

#include "dialect/anthropic_answer_reader.h"
#include "dialect/anthropic_errors.h"
#include "dialect/json_members.h"
#include "json/raw.h"

namespace penstock::dialect {
bool AnthropicEventReader::feed(std::string_view bytes, std::vector<ChatEvent>& events) {
  events_ = &events;
  bool valid = true;
  const auto each = [this, &valid](const http::SseEvent& event) {
    if (valid) valid = onEvent(event);
  };
  return lexer_.feed(bytes, each) && valid;
}

void AnthropicEventReader::finish(std::vector<ChatEvent>& events) {
  events_ = &events;
  static_cast<void>(lexer_.finish([this](const http::SseEvent& event) { onEvent(event); }));
}

bool AnthropicEventReader::onEvent(const http::SseEvent& event) {
  if (event.data.empty()) return true;
  if (!json::scanObject(event.data, event_)) return false;
  const std::string type = textAt(event_, "type");
  if (type == "content_block_delta")
    onBlockDelta();
  else if (type == "content_block_start")
    onBlockStart();
  else if (type == "content_block_stop")
    onBlockStop();
  else if (type == "message_start")
    onMessageStart();
  else if (type == "message_delta")
    onMessageDelta();
  else if (type == "message_stop")
    events_->push_back(EndEvent{});
  else if (type == "ping")
    events_->push_back(PingEvent{});
  else if (type == "error" || presentAt(event_, "error") != nullptr)
    onError(event.data);
  else
    lose(type);
  return true;
}

void AnthropicEventReader::readUsage(const json::ObjectIndex& object) {
  const json::Member* usage = object.find("usage");
  if (usage == nullptr || usage->kind != json::Kind::Object) return;
  usage_.update(usage->value);
  events_->push_back(UsageEvent{usage_.usage()});
  if (!usage_.serviceTier().empty()) events_->push_back(TierEvent{usage_.serviceTier()});
}

void AnthropicEventReader::onMessageStart() {
  if (!scanAt(event_, "message", nested_)) return;
  events_->push_back(StartEvent{textAt(nested_, "id"), textAt(nested_, "model")});
  readUsage(nested_);
}

int64_t AnthropicEventReader::blockIndex() const {
  const json::Member* index = event_.find("index");
  return index == nullptr ? 0 : json::rawInteger(index->value).value_or(0);
}

template <typename Event>
void AnthropicEventReader::emitText(const json::ObjectIndex& object, std::string_view key) {
  std::string text = textAt(object, key);
  if (!text.empty()) events_->push_back(Event{std::move(text)});
}

void AnthropicEventReader::onBlockStart() {
  if (!scanAt(event_, "content_block", nested_)) return;
  const int64_t index = blockIndex();
  const std::string type = textAt(nested_, "type");
  if (type == "text") {
    blocks_[index] = Block::Text;
    emitText<TextDelta>(nested_, "text");
  } else if (type == "thinking") {
    blocks_[index] = Block::Thinking;
    emitText<ThinkingDelta>(nested_, "thinking");
    emitText<SignatureDelta>(nested_, "signature");
  } else if (type == "redacted_thinking") {
    blocks_[index] = Block::Redacted;
    emitText<RedactedThinkingEvent>(nested_, "data");
  } else if (type == "tool_use") {
    startTool(index, nested_);
  } else {
    blocks_[index] = Block::Unknown;
    lose(type);
  }
}

void AnthropicEventReader::startTool(int64_t index, const json::ObjectIndex& block) {
  ToolStart start{index, textAt(block, "id"), textAt(block, "name")};
  if (!context_.json_tool.empty() && start.name == context_.json_tool) {
    blocks_[index] = Block::JsonTool;
    return;
  }
  real_calls_ = true;
  const auto& custom = context_.custom_tools;
  const bool is_custom = std::find(custom.begin(), custom.end(), start.name) != custom.end();
  blocks_[index] = is_custom ? Block::CustomTool : Block::Tool;
  if (is_custom) start.kind = ToolKind::Custom;
  custom_.clear();
  events_->push_back(std::move(start));
  // Some servers send the whole input at once.
  const json::Member* input = block.find("input");
  const bool whole =
      input != nullptr && input->kind == json::Kind::Object && !json::rawEmpty(input->value);
  if (whole && is_custom)
    custom_ = input->value;
  else if (whole)
    events_->push_back(ArgumentsDelta{index, std::string(input->value)});
}

void AnthropicEventReader::onBlockDelta() {
  if (!scanAt(event_, "delta", nested_)) return;
  const int64_t index = blockIndex();
  const std::string type = textAt(nested_, "type");
  const auto block = blocks_.find(index);
  if (block != blocks_.end() && block->second == Block::Unknown) return;
  if (type == "text_delta")
    emitText<TextDelta>(nested_, "text");
  else if (type == "thinking_delta")
    emitText<ThinkingDelta>(nested_, "thinking");
  else if (type == "signature_delta")
    emitText<SignatureDelta>(nested_, "signature");
  else if (type == "input_json_delta" && block != blocks_.end())
    onArguments(index, block->second, nested_);
  else
    lose(type);
}

void AnthropicEventReader::onArguments(int64_t index, Block block, const json::ObjectIndex& delta) {
  std::string fragment = textAt(delta, "partial_json");
  if (fragment.empty()) return;
  if (block == Block::JsonTool)
    events_->push_back(TextDelta{std::move(fragment)});
  else if (block == Block::CustomTool)
    custom_ += fragment;
  else
    events_->push_back(ArgumentsDelta{index, std::move(fragment)});
}

void AnthropicEventReader::onBlockStop() {
  const int64_t index = blockIndex();
  const auto block = blocks_.find(index);
  if (block == blocks_.end()) return;
  if (block->second == Block::CustomTool)
    events_->push_back(ArgumentsDelta{index, customInput(custom_)});
  if (block->second != Block::Unknown) events_->push_back(PartEnd{});
  blocks_.erase(block);
}

void AnthropicEventReader::onMessageDelta() {
  if (scanAt(event_, "delta", nested_)) {
    Stop stop = stopOfAnthropic(textAt(nested_, "stop_reason"));
    stop.sequence = textAt(nested_, "stop_sequence");
    const bool made_up = stop.reason == Stop::Reason::ToolUse && !real_calls_;
    if (made_up) stop = {.reason = Stop::Reason::EndTurn, .raw = "end_turn"};
    if (!stop.raw.empty()) events_->push_back(FinishEvent{std::move(stop)});
  }
  readUsage(event_);
}

void AnthropicEventReader::onError(std::string_view data) {
  UpstreamError error = parseAnthropicError(data, 502);
  const int status = statusOf(classOf(error, 502));
  events_->push_back(ErrorEvent{std::move(error), status});
}

}  // namespace penstock::dialect
