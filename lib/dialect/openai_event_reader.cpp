// data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},
//        "finish_reason":null}]}
// data: {"id":"c1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":
//        "function","function":{"name":"f","arguments":"{\"a\""}}]}}]}
// data: {"id":"c1","choices":[],"usage":{…}}
// data: [DONE]
#include "dialect/openai_event_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "dialect/error_class.h"
#include "dialect/json_members.h"
#include "dialect/openai_usage.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kDone = "[DONE]";
constexpr size_t kMaxCalls = 256;

}  // namespace

bool OpenAiEventReader::feed(std::string_view bytes, std::vector<ChatEvent>& events) {
  events_ = &events;
  bool valid = true;
  const auto each = [this, &valid](const http::SseEvent& event) {
    if (valid) valid = onEvent(event);
  };
  return lexer_.feed(bytes, each) && valid;
}

void OpenAiEventReader::finish(std::vector<ChatEvent>& events) {
  events_ = &events;
  // Some servers end on "[DONE]" without its blank line.
  const std::string_view rest = lexer_.pending();
  if (rest.size() < 16 && rest.find(kDone) != std::string_view::npos) return end();
  static_cast<void>(lexer_.finish([this](const http::SseEvent& event) { onEvent(event); }));
}

bool OpenAiEventReader::onEvent(const http::SseEvent& event) {
  if (event.data.empty()) {
    events_->push_back(PingEvent{});
  } else if (trim(event.data) == kDone) {
    end();
  } else if (!json::scanObject(event.data, chunk_)) {
    return false;
  } else if (event.name == "error" || presentAt(chunk_, "error") != nullptr) {
    const auto usage = findOpenAiUsage(chunk_);
    if (usage.source != model::Usage::Source::None) events_->push_back(UsageEvent{usage});
    UpstreamError error = parseOpenAiError(event.data, 502);
    const int status = statusOf(classOf(error, 502));
    events_->push_back(ErrorEvent{std::move(error), status});
  } else {
    onChunk();
  }
  return true;
}

void OpenAiEventReader::end() {
  startAll();
  events_->push_back(EndEvent{});
}

void OpenAiEventReader::readHead() {
  if (head_read_) return;
  const json::Member* choices = chunk_.find("choices");
  std::string model = textAt(chunk_, "model");
  // Azure's first chunk tells of its filter only.
  if (model.empty() && (choices == nullptr || json::rawEmpty(choices->value))) return;
  head_read_ = true;
  id_ = textAt(chunk_, "id");
  events_->push_back(StartEvent{id_, std::move(model)});
}

void OpenAiEventReader::onChunk() {
  readHead();
  if (std::string tier = findServiceTier(chunk_); !tier.empty())
    events_->push_back(TierEvent{std::move(tier)});
  const auto usage = findOpenAiUsage(chunk_);
  if (usage.source != model::Usage::Source::None) events_->push_back(UsageEvent{usage});
  const json::Member* choices = chunk_.find("choices");
  if (choices == nullptr || choices->kind != json::Kind::Array) return;
  json::forEachElement(choices->value, [this](std::string_view choice) {
    readChoice(choice);
    return true;
  });
}

void OpenAiEventReader::readChoice(std::string_view raw) {
  if (!json::scanObject(raw, choice_)) return;
  const json::Member* index = choice_.find("index");
  if (index != nullptr && json::rawInteger(index->value).value_or(0) != 0) return;
  for (const char* key : {"delta", "message"})
    if (const json::Member* delta = presentAt(choice_, key)) readDelta(delta->value);
  if (const json::Member* finish = presentAt(choice_, "finish_reason")) readFinish(finish->value);
}

void OpenAiEventReader::readFinish(std::string_view raw) {
  const std::string word = json::rawString(raw).value_or("");
  if (word.empty()) return;
  startAll();
  Stop stop = stopOfOpenAi(word);
  if (stop.reason == Stop::Reason::EndTurn && !calls_.empty()) stop.reason = Stop::Reason::ToolUse;
  events_->push_back(FinishEvent{std::move(stop)});
}

template <typename Event>
void OpenAiEventReader::emitText(std::string_view raw) {
  std::string text = json::rawString(raw).value_or("");
  if (!text.empty()) events_->push_back(Event{std::move(text)});
}

void OpenAiEventReader::readDelta(std::string_view raw) {
  if (!json::scanObject(raw, delta_)) return;
  bool thought = false;
  for (const json::Member& member : delta_) {
    const bool empty = json::rawEmpty(member.value) || member.value == "\"\"";
    if (member.kind == json::Kind::Null || empty || member.key == "role") continue;
    if (member.key == "content") {
      readContent(member.value);
    } else if (member.key == "reasoning_content" || member.key == "reasoning") {
      if (!thought) emitText<ThinkingDelta>(member.value);  // some servers send both
      thought = true;
    } else if (member.key == "thinking_blocks") {
      readThinkingBlocks(member.value);
    } else if (member.key == "refusal") {
      emitText<RefusalDelta>(member.value);
    } else if (member.key == "tool_calls") {
      readToolCalls(member.value);
    } else if (member.key == "function_call") {
      readToolCall(raw);
    } else if (member.key != "reasoning_details") {  // OpenRouter's: "reasoning" has their text
      events_->push_back(LossEvent{std::string(member.key)});
    }
  }
}

// A text, or as with Mistral an array of parts.
void OpenAiEventReader::readContent(std::string_view raw) {
  if (json::rawKind(raw) != json::Kind::Array) return emitText<TextDelta>(raw);
  json::forEachElement(raw, [this](std::string_view part) {
    json::ObjectIndex index;
    if (!json::scanObject(part, index)) return true;
    if (const json::Member* text = index.find("text"))
      emitText<TextDelta>(text->value);
    else if (const json::Member* thinking = index.find("thinking"))
      json::forEachElement(thinking->value, [this](std::string_view thought) {
        json::ObjectIndex inner;
        if (json::scanObject(thought, inner))
          if (const json::Member* words = inner.find("text")) emitText<ThinkingDelta>(words->value);
        return true;
      });
    return true;
  });
}

// LiteLLM's; their text has come as reasoning_content.
void OpenAiEventReader::readThinkingBlocks(std::string_view raw) {
  if (json::rawKind(raw) != json::Kind::Array) return;
  json::forEachElement(raw, [this](std::string_view block) {
    json::ObjectIndex index;
    if (!json::scanObject(block, index)) return true;
    if (const json::Member* data = index.find("data")) emitText<RedactedThinkingEvent>(data->value);
    if (const json::Member* signature = presentAt(index, "signature"))
      emitText<SignatureDelta>(signature->value);
    return true;
  });
}

void OpenAiEventReader::readToolCalls(std::string_view raw) {
  if (json::rawKind(raw) != json::Kind::Array) return;
  json::forEachElement(raw, [this](std::string_view call) {
    readToolCall(call);
    return true;
  });
}

void OpenAiEventReader::readFunction(std::string_view raw, std::string& name,
                                     std::string& arguments) const {
  json::ObjectIndex function;
  if (!json::scanObject(raw, function)) return;
  name = textAt(function, "name");
  const json::Member* member = presentAt(function, "arguments");
  if (member == nullptr) return;
  // Some servers send the object itself.
  arguments = member->kind == json::Kind::Object ? std::string(member->value)
                                                 : json::rawString(member->value).value_or("");
}

void OpenAiEventReader::readToolCall(std::string_view raw) {
  if (!json::scanObject(raw, call_)) return;
  std::string name, arguments;
  for (const char* key : {"function", "function_call"})
    if (const json::Member* function = call_.find(key))
      readFunction(function->value, name, arguments);
  const std::string id = textAt(call_, "id");
  const json::Member* index = call_.find("index");
  const int64_t place = index == nullptr ? -1 : json::rawInteger(index->value).value_or(-1);
  Call& call = callFor(place, id, name);
  if (call.id.empty()) call.id = id;
  if (call.name.empty()) call.name = name;
  const auto number = static_cast<size_t>(&call - calls_.data());
  if (!call.started) {
    call.early += arguments;
    if (!call.id.empty() && !call.name.empty()) start(number);
  } else if (!arguments.empty()) {
    events_->push_back(ArgumentsDelta{static_cast<int64_t>(number), std::move(arguments)});
  }
}

// The call that a delta belongs to. Without an index, a new id begins a new one; so do a new id and
// name under an index that has begun, for some servers send all calls under the same.
OpenAiEventReader::Call& OpenAiEventReader::callFor(int64_t index, std::string_view id,
                                                    std::string_view name) {
  Call* known = nullptr;
  if (index < 0 && !calls_.empty()) {
    known = &calls_.back();
    if (!id.empty() && !known->id.empty() && known->id != id) known = nullptr;
  }
  for (auto call = calls_.rbegin(); index >= 0 && call != calls_.rend(); ++call) {
    if (call->index != index) continue;
    const bool other = call->started && !id.empty() && call->id != id && !name.empty();
    known = other ? nullptr : &*call;
    break;
  }
  if (known != nullptr) return *known;
  if (calls_.size() >= kMaxCalls) return calls_.back();
  Call& added = calls_.emplace_back();
  added.index = index < 0 ? static_cast<int64_t>(calls_.size()) - 1 : index;
  return added;
}

void OpenAiEventReader::start(size_t number) {
  Call& call = calls_[number];
  call.started = true;
  const auto place = static_cast<int64_t>(number);
  events_->push_back(ToolStart{place, call.id, call.name});
  if (!call.early.empty()) events_->push_back(ArgumentsDelta{place, std::move(call.early)});
  call.early.clear();
}

// At the end, calls whose id never came get one.
void OpenAiEventReader::startAll() {
  for (size_t i = 0; i < calls_.size(); ++i) {
    Call& call = calls_[i];
    if (call.started || call.name.empty()) continue;
    if (call.id.empty()) call.id = fmt::format("call_{}_{}", id_, i);
    start(i);
  }
}

}  // namespace penstock::dialect
