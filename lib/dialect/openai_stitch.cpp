// data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[
//   {"index":0,"delta":{"role":"assistant","content":"He"},"finish_reason":null}]}
// data: {…,"choices":[{"index":0,"delta":{"content":"llo"},"finish_reason":null}]}
// data: {…,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}
//
// {"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":
//   {"role":"assistant","content":"Hello","refusal":null},"logprobs":null,"finish_reason":"stop"}]}
#include "dialect/openai_stitch.h"

#include <algorithm>
#include <array>

#include "json/raw.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

// Members of a delta whose texts are one text.
constexpr std::array<std::string_view, 4> kTexts = {"content", "refusal", "reasoning",
                                                    "reasoning_content"};
// Around the choices: what belongs to a chunk, not to the answer.
constexpr std::array<std::string_view, 3> kOfChunk = {"choices", "object", "obfuscation"};
constexpr int64_t kMostIndex = 127;  // of choices and calls

template <size_t N>
bool isOne(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Both raw strings; either may be empty. Escapes never span two chunks: scanObject() refuses halves
// of them.
void join(std::string& text, std::string_view more) {
  if (text.empty()) {
    text = more;
    return;
  }
  text.pop_back();
  text.append(more.substr(1));
}

// A raw array's elements behind those that are there, without brackets.
void joinElements(std::string& elements, std::string_view array) {
  if (json::rawEmpty(array)) return;
  if (!elements.empty()) elements.push_back(',');
  elements.append(array.substr(1, array.size() - 2));
}

int64_t indexOf(const json::ObjectIndex& object, int64_t otherwise) {
  const json::Member* index = object.find("index");
  return index == nullptr ? otherwise : json::rawInteger(index->value).value_or(-1);
}

bool isNothing(const json::Member& member) {
  return member.kind == json::Kind::Null || json::rawEmpty(member.value) || member.value == "\"\"";
}

}  // namespace

std::string& RawMembers::operator[](std::string_view key) {
  const auto found =
      std::ranges::find_if(members_, [key](const auto& member) { return member.first == key; });
  if (found != members_.end()) return found->second;
  return members_.emplace_back(std::string(key), std::string()).second;
}

const std::string* RawMembers::find(std::string_view key) const {
  const auto found =
      std::ranges::find_if(members_, [key](const auto& member) { return member.first == key; });
  return found == members_.end() ? nullptr : &found->second;
}

void OpenAiStitch::add(const json::ObjectIndex& chunk) {
  if (broken_) return;
  for (const json::Member& member : chunk) {
    if (member.kind == json::Kind::Null || isOne(kOfChunk, member.key)) continue;
    std::string& last = around_[member.key];
    if (last.empty()) bytes_ += member.key.size() + member.value.size();
    last = member.value;
  }
  const json::Member* choices = chunk.find("choices");
  if (choices == nullptr || choices->kind != json::Kind::Array) return;
  json::forEachElement(choices->value, [this](std::string_view raw) {
    broken_ = broken_ || !addChoice(raw);
    return !broken_;
  });
  if (bytes_ > max_bytes_) broken_ = true;
  if (broken_) choices_.clear();
}

bool OpenAiStitch::addChoice(std::string_view raw) {
  json::ObjectIndex index;
  if (!json::scanObject(raw, index)) return false;
  const int64_t place = indexOf(index, 0);
  if (place < 0 || place > kMostIndex) return false;
  Choice& choice = choices_[place];
  for (const json::Member& member : index) {
    if (member.kind == json::Kind::Null) continue;
    if (member.key == "delta" && !addDelta(member.value, choice)) return false;
    if (member.key == "logprobs" && !addLogprobs(member.value, choice)) return false;
    if (member.key == "finish_reason") choice.finish_reason = member.value;
    if (member.key == "message" || member.key == "text") return false;
  }
  return true;
}

bool OpenAiStitch::addDelta(std::string_view raw, Choice& choice) {
  json::ObjectIndex delta;
  if (!json::scanObject(raw, delta)) return false;
  for (const json::Member& member : delta) {
    bytes_ += member.value.size();
    const bool text = member.kind == json::Kind::String;
    if (text && isOne(kTexts, member.key)) {
      join(choice.message[member.key], member.value);
    } else if (text && member.key == "role") {
      choice.message["role"] = member.value;
    } else if (isNothing(member)) {
      continue;
    } else if (member.key == "tool_calls" && member.kind == json::Kind::Array) {
      bool good = true;
      json::forEachElement(member.value, [&](std::string_view call) {
        good = addCall(call, choice);
        return good;
      });
      if (!good) return false;
    } else if (member.key == "annotations" && member.kind == json::Kind::Array) {
      joinElements(choice.message["annotations"], member.value);
    } else {
      return false;
    }
  }
  return true;
}

// What a call says twice is the same, but for its arguments, which come in pieces.
bool OpenAiStitch::addCall(std::string_view raw, Choice& choice) {
  json::ObjectIndex index, function;
  if (!json::scanObject(raw, index)) return false;
  const int64_t place = indexOf(index, static_cast<int64_t>(choice.calls.size()));
  if (place < 0 || place > kMostIndex) return false;
  Call& call = choice.calls[place];
  for (const json::Member& member : index) {
    if (member.key == "index" || member.key == "function" || isNothing(member)) continue;
    call.members[member.key] = member.value;
  }
  const json::Member* said = index.find("function");
  if (said == nullptr || said->kind == json::Kind::Null) return true;
  if (!json::scanObject(said->value, function)) return false;
  for (const json::Member& member : function) {
    if (member.kind != json::Kind::String) continue;
    std::string& text = call.function[member.key];
    if (member.key == "arguments") {
      join(text, member.value);
    } else if (!isNothing(member)) {
      text = member.value;
    }
  }
  return true;
}

bool OpenAiStitch::addLogprobs(std::string_view raw, Choice& choice) {
  json::ObjectIndex index;
  if (!json::scanObject(raw, index)) return false;
  for (const json::Member& member : index) {
    if (member.kind != json::Kind::Array) continue;
    bytes_ += member.value.size();
    joinElements(choice.logprobs[member.key], member.value);
  }
  return true;
}

std::string OpenAiStitch::messageOf(const Choice& choice) {
  std::string text;
  json::Writer out(text);
  const auto raw = [&](std::string_view key, std::string_view otherwise) {
    const std::string* value = choice.message.find(key);
    out.rawField(key, value == nullptr ? otherwise : std::string_view(*value));
  };
  out.beginObject();
  raw("role", "\"assistant\"");
  raw("content", choice.calls.empty() ? "\"\"" : "null");
  raw("refusal", "null");
  for (const auto& [key, value] : choice.message) {
    if (key == "role" || key == "content" || key == "refusal") continue;
    out.rawField(key, key == "annotations" ? "[" + value + "]" : value);
  }
  if (!choice.calls.empty()) {
    out.key("tool_calls").beginArray();
    for (const auto& [place, call] : choice.calls) {
      out.beginObject();
      for (const auto& [key, value] : call.members) out.rawField(key, value);
      out.key("function").beginObject();
      for (const auto& [key, value] : call.function) {
        out.rawField(key, value.empty() ? "\"\"" : std::string_view(value));
      }
      out.endObject().endObject();
    }
    out.endArray();
  }
  out.endObject();
  return text;
}

std::string OpenAiStitch::logprobsOf(const Choice& choice) {
  std::string text;
  json::Writer out(text);
  out.beginObject();
  for (const auto& [key, elements] : choice.logprobs) out.rawField(key, "[" + elements + "]");
  out.endObject();
  return text == "{}" ? "null" : text;
}

std::string OpenAiStitch::finish() const {
  const bool finished = std::ranges::all_of(
      choices_, [](const auto& each) { return !each.second.finish_reason.empty(); });
  if (broken_ || choices_.empty() || !finished) return {};
  std::string text;
  json::Writer out(text);
  out.beginObject();
  if (const std::string* id = around_.find("id")) out.rawField("id", *id);
  out.field("object", "chat.completion");
  for (const auto& [key, value] : around_) {
    if (key != "id" && key != "usage") out.rawField(key, value);
  }
  out.key("choices").beginArray();
  for (const auto& [place, choice] : choices_) {
    out.beginObject().field("index", place).rawField("message", messageOf(choice));
    out.rawField("logprobs", logprobsOf(choice));
    out.rawField("finish_reason", choice.finish_reason).endObject();
  }
  out.endArray();
  if (const std::string* usage = around_.find("usage")) out.rawField("usage", *usage);
  out.endObject();
  return text;
}

}  // namespace penstock::dialect
