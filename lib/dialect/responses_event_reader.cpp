// event: response.created                    data: {"type":…,"response":{"id":…,"model":…,…}}
// event: response.output_item.added          data: {"type":…,"output_index":0,"item":{…}}
// event: response.output_text.delta          data: {"type":…,"output_index":0,"content_index":0,
//                                                   "delta":"Hi"}
// event: response.function_call_arguments.delta
// event: response.reasoning_summary_text.delta
// event: response.output_item.done           data: {"type":…,"output_index":0,"item":{…}}
// event: response.completed                  data: {"type":…,"response":{…,"usage":{…}}}
#include "dialect/responses_event_reader.h"

#include <algorithm>
#include <array>

#include "dialect/error_class.h"
#include "dialect/json_members.h"
#include "dialect/responses_errors.h"
#include "dialect/responses_reasoning.h"
#include "dialect/responses_stop.h"
#include "dialect/responses_usage.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kResponse = "response.";
constexpr std::string_view kDelta = ".delta";
constexpr std::string_view kDone = ".done";

// Events of the life of a response, and of a part of it that others tell more of.
constexpr std::array<std::string_view, 7> kLifecycle{"response.in_progress",
                                                     "response.queued",
                                                     "response.content_part.added",
                                                     "response.content_part.done",
                                                     "response.reasoning_summary_part.added",
                                                     "response.reasoning_summary_part.done",
                                                     "response.compaction.compacting"};

bool isLifecycle(std::string_view type) {
  return std::find(kLifecycle.begin(), kLifecycle.end(), type) != kLifecycle.end();
}

bool isCall(std::string_view type) { return type == "function_call" || type == "custom_tool_call"; }

using TextKind = ResponsesEventReader::TextKind;

struct TextEvent {
  std::string_view type;  // between "response." and ".delta" or ".done"
  TextKind kind;
  std::string_view whole;  // the member of "done"
  std::string_view part;   // the member with the place among the item's texts; empty: one alone
};

constexpr std::array<TextEvent, 6> kTexts{{
    {"output_text", TextKind::Content, "text", "content_index"},
    {"refusal", TextKind::Refusal, "refusal", "content_index"},
    {"reasoning_summary_text", TextKind::Summary, "text", "summary_index"},
    {"reasoning_text", TextKind::Reasoning, "text", "content_index"},
    {"function_call_arguments", TextKind::Arguments, "arguments", ""},
    {"custom_tool_call_input", TextKind::Arguments, "input", ""},
}};

const TextEvent* textEventOf(std::string_view type) {
  if (!type.starts_with(kResponse)) return nullptr;
  type.remove_prefix(kResponse.size());
  type = type.substr(0, type.rfind('.'));
  for (const TextEvent& known : kTexts)
    if (known.type == type) return &known;
  return nullptr;
}

bool isTerminal(std::string_view type) {
  return type == "response.completed" || type == "response.incomplete" ||
         type == "response.failed" || type == "response.cancelled";
}

}  // namespace

bool ResponsesEventReader::feed(std::string_view bytes, std::vector<ChatEvent>& events) {
  events_ = &events;
  bool valid = true;
  const auto each = [this, &valid](const http::SseEvent& event) {
    if (valid) valid = onEvent(event);
  };
  return lexer_.feed(bytes, each) && valid;
}

void ResponsesEventReader::finish(std::vector<ChatEvent>& events) {
  events_ = &events;
  static_cast<void>(lexer_.finish([this](const http::SseEvent& event) { onEvent(event); }));
}

bool ResponsesEventReader::onEvent(const http::SseEvent& event) {
  if (ended_) return true;
  if (event.data.empty()) {
    events_->push_back(PingEvent{});
    return true;
  }
  // Some servers end on the chat dialect's word.
  if (event.data == "[DONE]") return true;
  if (!json::scanObject(event.data, event_)) return false;
  std::string type = textAt(event_, "type");
  if (type.empty()) type = event.name;
  if (type == "error" || (type.empty() && event_.find("error") != nullptr))
    onError(event.data);
  else if (isTerminal(type))
    onTerminal(type, event.data);
  else if (type == "response.created" || isLifecycle(type))
    readHead();
  else if (type == "keepalive")
    events_->push_back(PingEvent{});
  else if (type.starts_with("response.output_item."))
    onItem(type);
  else if (type.ends_with(kDelta) || type.ends_with(kDone))
    onText(type);
  else
    lose(type);
  return true;
}

// The first event that tells of the response: "response.created", or with some servers a later one.
void ResponsesEventReader::readHead() {
  if (head_read_ || !scanAt(event_, "response", nested_)) return;
  head_read_ = true;
  events_->push_back(StartEvent{textAt(nested_, "id"), textAt(nested_, "model")});
}

int64_t ResponsesEventReader::placeOf(std::string_view key) const {
  const json::Member* member = event_.find(key);
  return member == nullptr ? 0 : json::rawInteger(member->value).value_or(0);
}

void ResponsesEventReader::startItem(int64_t place, const json::ObjectIndex& raw) {
  if (items_.contains(place)) return;
  const std::string type = textAt(raw, "type");
  items_.emplace(place, Item{.type = type});
  if (isCall(type)) {
    calls_ = true;
    std::string id = textAt(raw, "call_id");
    if (id.empty()) id = textAt(raw, "id");
    events_->push_back(ToolStart{place, std::move(id), textAt(raw, "name"),
                                 type == "function_call" ? ToolKind::Function : ToolKind::Custom});
  } else if (type != "message" && type != "reasoning") {
    lose(type);
  }
}

void ResponsesEventReader::onItem(std::string_view type) {
  const json::Member* item = event_.find("item");
  if (item == nullptr || !scanAt(event_, "item", nested_)) return;
  const int64_t place = placeOf("output_index");
  startItem(place, nested_);
  if (type.ends_with(kDone)) finishItem(place, item->value);
}

ResponsesEventReader::Sent* ResponsesEventReader::sentOf(Item& item, TextKind kind, int64_t part) {
  for (Sent& sent : item.sent) {
    if (sent.kind == kind && sent.place == part) return &sent;
    // The reasoning itself and its summary say the same: the first that comes is told.
    const bool reasoning = kind == TextKind::Reasoning || kind == TextKind::Summary;
    const bool other = sent.kind == TextKind::Reasoning || sent.kind == TextKind::Summary;
    if (reasoning && other && sent.kind != kind) return nullptr;
  }
  return &item.sent.emplace_back(Sent{kind, part, 0});
}

void ResponsesEventReader::emit(int64_t place, TextKind kind, std::string text) {
  switch (kind) {
    case TextKind::Content: events_->push_back(TextDelta{std::move(text)}); break;
    case TextKind::Refusal: events_->push_back(RefusalDelta{std::move(text)}); break;
    case TextKind::Summary:
    case TextKind::Reasoning: events_->push_back(ThinkingDelta{std::move(text)}); break;
    case TextKind::Arguments: events_->push_back(ArgumentsDelta{place, std::move(text)}); break;
  }
}

void ResponsesEventReader::addText(int64_t place, TextKind kind, int64_t part, std::string text) {
  const auto item = items_.find(place);
  if (item == items_.end() || item->second.done || text.empty()) return;
  Sent* sent = sentOf(item->second, kind, part);
  if (sent == nullptr) return;
  // Parts of a summary are paragraphs.
  const bool paragraph =
      sent->bytes == 0 && part > 0 && (kind == TextKind::Summary || kind == TextKind::Reasoning);
  sent->bytes += text.size();
  emit(place, kind, paragraph ? "\n\n" + text : std::move(text));
}

// The whole of a text: what has not come of it.
void ResponsesEventReader::addWhole(int64_t place, TextKind kind, int64_t part,
                                    std::string_view text) {
  const auto item = items_.find(place);
  if (item == items_.end()) return;
  const Sent* sent = sentOf(item->second, kind, part);
  if (sent != nullptr && text.size() > sent->bytes)
    addText(place, kind, part, std::string(text.substr(sent->bytes)));
}

void ResponsesEventReader::onText(std::string_view type) {
  const TextEvent* text = textEventOf(type);
  if (text == nullptr) return lose(type);
  const int64_t place = placeOf("output_index");
  const int64_t part = text->part.empty() ? 0 : placeOf(text->part);
  if (type.ends_with(kDelta))
    addText(place, text->kind, part, textAt(event_, "delta"));
  else
    addWhole(place, text->kind, part, textAt(event_, text->whole));
}

// [{"type":…,"text":…}] of a finished item.
void ResponsesEventReader::finishTexts(int64_t place, const json::ObjectIndex& item,
                                       std::string_view key, TextKind kind) {
  const json::Member* texts = item.find(key);
  if (texts == nullptr || texts->kind != json::Kind::Array) return;
  int64_t part = 0;
  json::forEachElement(texts->value, [&](std::string_view raw) {
    json::ObjectIndex index;
    if (!json::scanObject(raw, index)) return true;
    const bool refusal = textAt(index, "type") == "refusal";
    if (refusal)
      addWhole(place, TextKind::Refusal, part, textAt(index, "refusal"));
    else
      addWhole(place, kind, part, textAt(index, "text"));
    ++part;
    return true;
  });
}

void ResponsesEventReader::finishItem(int64_t place, std::string_view raw) {
  Item& item = items_[place];
  json::ObjectIndex index;
  if (item.done || !json::scanObject(raw, index)) return;
  if (item.type == "message") {
    finishTexts(place, index, "content", TextKind::Content);
  } else if (item.type == "reasoning") {
    finishTexts(place, index, "summary", TextKind::Summary);
    finishTexts(place, index, "content", TextKind::Reasoning);
    const Part part = thinkingOf(textAt(index, "id"), {}, textAt(index, "encrypted_content"));
    const auto* thinking = part.as<ThinkingPart>();
    if (thinking != nullptr && !thinking->signature.empty())
      events_->push_back(SignatureDelta{thinking->signature});
  } else if (isCall(item.type)) {
    const char* key = item.type == "function_call" ? "arguments" : "input";
    addWhole(place, TextKind::Arguments, 0, textAt(index, key));
  } else {
    item.done = true;
    return;
  }
  item.done = true;
  events_->push_back(PartEnd{});
}

void ResponsesEventReader::onTerminal(std::string_view type, std::string_view data) {
  readHead();
  if (!scanAt(event_, "response", nested_)) return onError(data);
  const auto usage = responsesUsage(nested_);
  if (usage.source != model::Usage::Source::None) events_->push_back(UsageEvent{usage});
  if (type == "response.failed" || type == "response.cancelled") return onError(data);
  if (std::string tier = findServiceTier(nested_); !tier.empty())
    events_->push_back(TierEvent{std::move(tier)});
  std::string reason;
  json::ObjectIndex details;
  if (scanAt(nested_, "incomplete_details", details)) reason = textAt(details, "reason");
  if (const json::Member* output = nested_.find("output");
      output != nullptr && output->kind == json::Kind::Array) {
    int64_t place = 0;
    json::forEachElement(output->value, [&](std::string_view raw) {
      json::ObjectIndex item;
      if (json::scanObject(raw, item)) {
        startItem(place, item);
        finishItem(place, raw);
      }
      ++place;
      return true;
    });
  }
  const std::string_view status = type.substr(kResponse.size());
  events_->push_back(
      FinishEvent{stopOfResponses(status, reason, calls_ ? Calls::Some : Calls::None)});
  events_->push_back(EndEvent{});
  ended_ = true;
}

void ResponsesEventReader::onError(std::string_view data) {
  UpstreamError error = parseResponsesError(data, 502);
  const int status = statusOf(classOf(error, 502));
  events_->push_back(ErrorEvent{std::move(error), status});
  ended_ = true;
}

}  // namespace penstock::dialect
