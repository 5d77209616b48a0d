// data: {"id":…,"object":"chat.completion.chunk","created":…,"model":…,
//        "choices":[{"index":0,"delta":{"role":"assistant","content":"…"},"finish_reason":null}]}
// data: {…,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"mlx:trace":{…}}
// data: {…,"choices":[],"usage":{…}}
// data: [DONE]
#include "dialect/openai_replay.h"

#include <vector>

#include "json/raw.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

struct Choice {
  std::string index = "0";
  std::string delta = "{}";
  std::string logprobs;  // empty: none
  std::string finish = "\"stop\"";
};

// In a stream, every tool call tells its place.
std::string withIndexes(std::string_view tool_calls) {
  std::string text;
  json::Writer out(text);
  out.beginArray();
  int64_t place = 0;
  json::forEachElement(tool_calls, [&](std::string_view raw) {
    json::ObjectIndex call;
    if (!json::scanObject(raw, call)) return true;
    out.beginObject().field("index", place++);
    for (const json::Member& member : call) {
      if (member.key != "index") out.rawField(member.key, member.value);
    }
    out.endObject();
    return true;
  });
  out.endArray();
  return text;
}

std::string deltaOf(std::string_view message) {
  json::ObjectIndex index;
  if (!json::scanObject(message, index)) return "{}";
  std::string text;
  json::Writer out(text);
  out.beginObject();
  for (const json::Member& member : index) {
    if (member.kind == json::Kind::Null) continue;
    const bool calls = member.key == "tool_calls" && member.kind == json::Kind::Array;
    out.rawField(member.key, calls ? withIndexes(member.value) : std::string(member.value));
  }
  out.endObject();
  return text;
}

std::vector<Choice> choicesOf(std::string_view raw) {
  std::vector<Choice> choices;
  json::forEachElement(raw, [&](std::string_view element) {
    json::ObjectIndex index;
    if (!json::scanObject(element, index)) return true;
    Choice& choice = choices.emplace_back();
    for (const json::Member& member : index) {
      if (member.kind == json::Kind::Null) continue;
      if (member.key == "index") choice.index = member.value;
      if (member.key == "message") choice.delta = deltaOf(member.value);
      if (member.key == "logprobs") choice.logprobs = member.value;
      if (member.key == "finish_reason") choice.finish = member.value;
    }
    return true;
  });
  return choices;
}

// What all chunks of the answer begin with.
std::string headOf(const json::ObjectIndex& body) {
  std::string text;
  json::Writer out(text);
  out.beginObject();
  if (const json::Member* id = body.find("id")) out.rawField("id", id->value);
  out.field("object", "chat.completion.chunk");
  for (const char* key : {"created", "model", "system_fingerprint", "service_tier"}) {
    if (const json::Member* member = body.find(key)) out.rawField(key, member->value);
  }
  return text;
}

void appendChunk(std::string& out, const std::string& head, std::string_view choices,
                 std::string_view more = {}) {
  out.append("data: ").append(head).append(",\"choices\":").append(choices).append(more);
  out.append("}\n\n");
}

std::string contentOf(const Choice& choice) {
  std::string text;
  json::Writer out(text);
  out.beginArray().beginObject().rawField("index", choice.index).rawField("delta", choice.delta);
  if (!choice.logprobs.empty()) out.rawField("logprobs", choice.logprobs);
  out.key("finish_reason").null().endObject().endArray();
  return text;
}

std::string finishOf(const Choice& choice) {
  std::string text;
  json::Writer out(text);
  out.beginArray().beginObject().rawField("index", choice.index).rawField("delta", "{}");
  out.rawField("finish_reason", choice.finish).endObject().endArray();
  return text;
}

}  // namespace

std::string renderOpenAiReplay(const Replay& replay) {
  json::ObjectIndex body;
  if (!json::scanObject(replay.body, body)) return {};
  const json::Member* raw = body.find("choices");
  if (raw == nullptr || raw->kind != json::Kind::Array) return {};
  const std::vector<Choice> choices = choicesOf(raw->value);
  const std::string head = headOf(body);
  std::string out;
  for (const Choice& choice : choices) appendChunk(out, head, contentOf(choice));
  for (const Choice& choice : choices) {
    const bool traced = &choice == &choices.back() && !replay.trace.empty();
    const std::string trace = traced ? ",\"mlx:trace\":" + std::string(replay.trace) : "";
    appendChunk(out, head, finishOf(choice), trace);
  }
  const json::Member* usage = body.find("usage");
  if (replay.usage == UsageChunk::Send && usage != nullptr)
    appendChunk(out, head, "[]", ",\"usage\":" + std::string(usage->value));
  return out + "data: [DONE]\n\n";
}

}  // namespace penstock::dialect
