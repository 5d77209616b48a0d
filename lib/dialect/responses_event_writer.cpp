// event: response.created            data: {"type":…,"sequence_number":0,"response":{…}}
// event: response.in_progress
// event: response.output_item.added  data:
// {"type":…,"sequence_number":2,"output_index":0,"item":{…}} event: response.content_part.added
// event: response.output_text.delta  data: {…,"item_id":"msg_…","output_index":0,"content_index":0,
//                                           "delta":"Hi","logprobs":[]}
// event: response.output_text.done
// event: response.content_part.done
// event: response.output_item.done
// event: response.completed
#include "dialect/responses_event_writer.h"

#include "dialect/openai_answer_writer.h"
#include "dialect/responses_errors.h"
#include "dialect/responses_reasoning.h"
#include "dialect/responses_stop.h"
#include "json/scan.h"

namespace penstock::dialect {
namespace {

std::string_view textWord(OutputItem::Content::Kind kind) {
  return kind == OutputItem::Content::Kind::Refusal ? "refusal" : "output_text";
}

std::string_view callWord(OutputItem::Kind kind) {
  return kind == OutputItem::Kind::Custom ? "response.custom_tool_call_input"
                                          : "response.function_call_arguments";
}

std::string eventName(std::string_view word, std::string_view what) {
  return "response." + std::string(word) + std::string(what);
}

}  // namespace

void ResponsesEventWriter::write(const ChatEvent& event, std::string& out) {
  out_ = &out;
  std::visit([this](const auto& one) { on(one); }, event);
}

// "event: …\ndata: {"type":…,"sequence_number":…"; JSON of ours has no line breaks.
json::Writer ResponsesEventWriter::beginEvent(std::string_view type) {
  out_->append("event: ").append(type).append("\ndata: ");
  json::Writer event(*out_);
  event.beginObject().field("type", type).field("sequence_number", sequence_++);
  return event;
}

json::Writer ResponsesEventWriter::beginItemEvent(std::string_view type, size_t place) {
  json::Writer event = beginEvent(type);
  event.field("item_id", items_[place].id).field("output_index", place);
  return event;
}

void ResponsesEventWriter::endEvent(json::Writer& event) {
  event.endObject();
  out_->append("\n\n");
}

void ResponsesEventWriter::writeItem(std::string_view type, size_t place) {
  json::Writer event = beginEvent(type);
  event.field("output_index", place).key("item");
  writeOutputItem(event, items_[place]);
  endEvent(event);
}

ResponsesObject ResponsesEventWriter::response(ResponsesObject::Status status) const {
  return {.head = head_,
          .id = id_,
          .model = model_,
          .status = status,
          .output = &items_,
          .usage = &usage_,
          .service_tier = service_tier_};
}

void ResponsesEventWriter::writeResponse(std::string_view type, ResponsesObject response) {
  json::Writer event = beginEvent(type);
  event.rawField("response", renderResponse(response));
  endEvent(event);
}

void ResponsesEventWriter::on(const StartEvent& event) {
  if (begun_) return;
  id_ = event.id;
  model_ = event.model;
  begin();
}

void ResponsesEventWriter::begin() {
  if (begun_) return;
  begun_ = true;
  id_ = head_.idOf(id_);
  if (model_.empty()) model_ = head_.model;
  ResponsesObject created = response(ResponsesObject::Status::InProgress);
  created.usage = nullptr;  // a part of it is not to be taken for the whole
  writeResponse("response.created", created);
  writeResponse("response.in_progress", created);
}

// Adds an item as the one that deltas belong to; `item` holds nothing yet.
size_t ResponsesEventWriter::open(OutputItem item) {
  begin();
  settle();
  const size_t place = items_.size();
  if (item.id.empty()) item.id = itemId(item.kind, id_, place);
  item.status = ItemStatus::InProgress;
  items_.push_back(std::move(item));
  active_ = place;
  part_ended_ = false;
  writeItem("response.output_item.added", place);
  return place;
}

bool ResponsesEventWriter::isWhole(size_t place) const {
  const OutputItem& item = items_[place];
  return item.kind != Kind::Custom && (item.kind != Kind::Function || json::validate(item.text));
}

// Closes what is complete now that something else begins.
void ResponsesEventWriter::settle() {
  for (size_t place = 0; place < items_.size(); ++place)
    if (isOpen(place) && isWhole(place)) close(place, ItemStatus::Completed);
}

void ResponsesEventWriter::say(Content::Kind kind, const std::string& text) {
  if (!isOpenAs(Kind::Message)) open({.kind = Kind::Message});
  const size_t place = active_;
  std::vector<Content>& contents = items_[place].contents;
  if (contents.empty() || contents.back().kind != kind || part_ended_) {
    closeContent(place);
    part_ended_ = false;
    contents.push_back({.kind = kind});
    json::Writer added = beginItemEvent("response.content_part.added", place);
    added.field("content_index", contents.size() - 1).key("part");
    writeOutputContent(added, kind, "");
    endEvent(added);
  }
  contents.back().text += text;
  json::Writer delta = beginItemEvent(eventName(textWord(kind), ".delta"), place);
  delta.field("content_index", contents.size() - 1).field("delta", text);
  if (kind == Content::Kind::Text) delta.key("logprobs").beginArray().endArray();
  endEvent(delta);
}

void ResponsesEventWriter::closeContent(size_t place) {
  const std::vector<Content>& contents = items_[place].contents;
  if (contents.empty()) return;
  const Content& content = contents.back();
  const bool refusal = content.kind == Content::Kind::Refusal;
  json::Writer done = beginItemEvent(eventName(textWord(content.kind), ".done"), place);
  done.field("content_index", contents.size() - 1);
  done.field(refusal ? "refusal" : "text", content.text);
  if (!refusal) done.key("logprobs").beginArray().endArray();
  endEvent(done);
  json::Writer part = beginItemEvent("response.content_part.done", place);
  part.field("content_index", contents.size() - 1).key("part");
  writeOutputContent(part, content.kind, content.text);
  endEvent(part);
}

void ResponsesEventWriter::on(const ThinkingDelta& event) {
  if (!isOpenAs(Kind::Reasoning) || part_ended_) open({.kind = Kind::Reasoning});
  const size_t place = active_;
  if (items_[place].text.empty()) {
    json::Writer added = beginItemEvent("response.reasoning_summary_part.added", place);
    added.field("summary_index", 0).key("part").beginObject();
    added.field("type", "summary_text").field("text", "").endObject();
    endEvent(added);
  }
  items_[place].text += event.text;
  json::Writer delta = beginItemEvent("response.reasoning_summary_text.delta", place);
  delta.field("summary_index", 0).field("delta", event.text);
  endEvent(delta);
}

void ResponsesEventWriter::closeSummary(size_t place) {
  const std::string& text = items_[place].text;
  if (text.empty()) return;
  json::Writer done = beginItemEvent("response.reasoning_summary_text.done", place);
  done.field("summary_index", 0).field("text", text);
  endEvent(done);
  json::Writer part = beginItemEvent("response.reasoning_summary_part.done", place);
  part.field("summary_index", 0).key("part").beginObject();
  part.field("type", "summary_text").field("text", text).endObject();
  endEvent(part);
}

// Ends the thinking before it; a provider that keeps its thinking to itself sends it alone.
void ResponsesEventWriter::on(const SignatureDelta& event) {
  if (!isOpenAs(Kind::Reasoning)) open({.kind = Kind::Reasoning});
  items_[active_].encrypted = encryptedContentOf({.value = ThinkingPart{{}, event.signature}});
  close(active_, ItemStatus::Completed);
}

void ResponsesEventWriter::on(const RedactedThinkingEvent& event) {
  const size_t place = open({.kind = Kind::Reasoning});
  items_[place].encrypted = encryptedContentOf({.value = RedactedThinkingPart{event.data}});
  close(place, ItemStatus::Completed);
}

void ResponsesEventWriter::on(const ToolStart& event) {
  if (!event.signature.empty()) on(SignatureDelta{event.signature});
  const bool custom = event.kind == ToolKind::Custom;
  calls_[event.call] = open(
      {.kind = custom ? Kind::Custom : Kind::Function, .call_id = event.id, .name = event.name});
}

void ResponsesEventWriter::on(const ArgumentsDelta& event) {
  const auto call = calls_.find(event.call);
  if (call == calls_.end() || !isOpen(call->second)) return;
  active_ = call->second;
  items_[active_].text += event.fragment;
  json::Writer delta =
      beginItemEvent(std::string(callWord(items_[active_].kind)) + ".delta", active_);
  delta.field("delta", event.fragment);
  endEvent(delta);
}

void ResponsesEventWriter::closeCall(size_t place) {
  OutputItem& item = items_[place];
  const bool custom = item.kind == Kind::Custom;
  // Callers parse what they get as JSON.
  if (item.text.empty() && !custom) item.text = "{}";
  json::Writer done = beginItemEvent(std::string(callWord(item.kind)) + ".done", place);
  done.field(custom ? "input" : "arguments", item.text);
  endEvent(done);
}

void ResponsesEventWriter::close(size_t place, ItemStatus status) {
  if (!isOpen(place)) return;
  items_[place].status = status;
  switch (items_[place].kind) {
    case Kind::Message: closeContent(place); break;
    case Kind::Reasoning: closeSummary(place); break;
    case Kind::Function:
    case Kind::Custom: closeCall(place); break;
  }
  writeItem("response.output_item.done", place);
}

// A message and reasoning stay open, for it is not told yet whether the limit cut them.
void ResponsesEventWriter::on(const PartEnd&) {
  part_ended_ = true;
  if (!isOpen(active_)) return;
  const OutputItem& item = items_[active_];
  const bool empty_call = item.kind == Kind::Function && item.text.empty();
  const bool call = item.kind == Kind::Function || item.kind == Kind::Custom;
  if (call && (empty_call || item.kind == Kind::Custom || isWhole(active_)))
    close(active_, ItemStatus::Completed);
}

void ResponsesEventWriter::on(const TierEvent& event) {
  service_tier_ = openAiTier(event.service_tier);
}

// One newline: a blank line would make some clients see an empty event.
void ResponsesEventWriter::on(const PingEvent&) { out_->append(": ping\n"); }

void ResponsesEventWriter::on(const EndEvent&) {
  begin();
  const bool cut = !incompleteReason(stop_.reason).empty();
  for (size_t place = 0; place < items_.size(); ++place)
    close(place, cut ? ItemStatus::Incomplete : ItemStatus::Completed);
  ResponsesObject ended = response(ResponsesObject::Status::Ended);
  ended.stop = &stop_;
  if (keeps_) kept_ = renderResponse(ended);
  const std::string trace = trace_ ? trace_() : "";
  ended.trace = trace;
  writeResponse(cut ? "response.incomplete" : "response.completed", ended);
}

void ResponsesEventWriter::on(const ErrorEvent& event) {
  begin();
  for (OutputItem& item : items_)
    if (item.status == ItemStatus::InProgress) item.status = ItemStatus::Incomplete;
  out_->append(renderResponsesErrorEvent(event.error, sequence_++));
  ResponsesObject failed = response(ResponsesObject::Status::Failed);
  failed.error = &event.error;
  failed.error_code = responsesErrorCode(event.error, event.status);
  writeResponse("response.failed", failed);
}

}  // namespace penstock::dialect
