#include "guard/prose.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "json/raw.h"

namespace penstock::guard {
namespace {

using Keys = std::string_view[];

// Where the conversation is, in a request and in an answer.
constexpr Keys kInput = {"messages",
                         "input",
                         "instructions",
                         "system",
                         "contents",
                         "systemInstruction",
                         "system_instruction",
                         "prompt",
                         "content",
                         "suffix",
                         "prediction",
                         "requests",
                         "title",
                         "query",
                         "documents",
                         "texts",
                         "generateContentRequest"};
constexpr Keys kOutput = {"choices", "output",     "content",  "candidates",
                          "text",    "transcript", "segments", "words"};

// Within it, what is no prose.
constexpr Keys kNoProse = {"type",
                           "role",
                           "name",
                           "id",
                           "model",
                           "url",
                           "uri",
                           "image_url",
                           "video_url",
                           "file_url",
                           "fileUri",
                           "file_uri",
                           "data",
                           "file_data",
                           "b64_json",
                           "media_type",
                           "mime_type",
                           "mimeType",
                           "format",
                           "detail",
                           "signature",
                           "thoughtSignature",
                           "thought_signature",
                           "encrypted_content",
                           "status",
                           "language",
                           "phase",
                           "ttl",
                           "cache_control",
                           "finish_reason",
                           "finishReason",
                           "stop_reason",
                           "stop_sequence",
                           "object",
                           "logprobs",
                           "logprobsResult",
                           "usage",
                           "filename",
                           "displayName"};
// Not looked into at all.
constexpr Keys kSchemas = {"tools",       "tool_choice", "input_schema", "parameters",
                           "json_schema", "schema",      "usage",        "usageMetadata"};
// Whose object is a tool's arguments or result.
constexpr Keys kFree = {"input", "arguments", "args", "response"};
// What else may stand in a pointer.
constexpr Keys kSteps = {"message",
                         "parts",
                         "text",
                         "function",
                         "tool_calls",
                         "delta",
                         "output_text",
                         "summary",
                         "thinking",
                         "refusal",
                         "reasoning",
                         "functionCall",
                         "citations",
                         "functionResponse",
                         "code",
                         "source",
                         "title",
                         "context",
                         "reasoning_content",
                         "audio",
                         "executableCode",
                         "codeExecutionResult",
                         "annotations",
                         "function_call"};

template <size_t N>
bool isOneOf(const std::string_view (&keys)[N], std::string_view key) {
  return std::ranges::find(keys, key) != std::end(keys);
}

bool isNoProse(std::string_view key) {
  return key.ends_with("_id") || key.ends_with("Id") || isOneOf(kNoProse, key);
}

std::string_view stepName(std::string_view key) {
  using Names = std::span<const std::string_view>;
  for (const auto known :
       {Names(kInput), Names(kOutput), Names(kFree), Names(kSteps), Names(kNoProse)}) {
    const auto found = std::ranges::find(known, key);
    if (found != known.end()) return *found;
  }
  return "*";
}

// Media that stand where text may, as in the results of tools.
bool isBlob(std::string_view raw) {
  constexpr size_t kLong = 1024;
  constexpr size_t kHead = 128;  // where a data URL says what it is
  if (raw.starts_with("\"data:")) {
    return raw.substr(0, kHead).find(";base64,") != std::string_view::npos;
  }
  if (raw.size() < kLong) return false;
  return std::ranges::all_of(raw.substr(1, raw.size() - 2), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("+/=_-\\nr").find(c) != std::string_view::npos;
  });
}

// {"type":"text","media_type":"text/plain","data":"…"}: a document in words.
bool isTextSource(std::string_view object) {
  bool is_text = false;
  json::forEachMember(object, [&](std::string_view key, std::string_view value) {
    is_text = is_text || (key == "type" && value == "\"text\"");
    return !is_text;
  });
  return is_text;
}

}  // namespace

std::string Place::pointer() const {
  std::string pointer;
  for (const Step& step : steps_) {
    pointer += '/';
    pointer += step.key.empty() ? std::to_string(step.index) : std::string(step.key);
  }
  return pointer;
}

class ProseWalk {
 public:
  explicit ProseWalk(const ProseVisitor& visitor) : visitor_(visitor) {}

  void body(std::string_view body, Phase phase) {
    json::forEachMember(body, [&](std::string_view key, std::string_view value) {
      if (phase == Phase::Input ? isOneOf(kInput, key) : isOneOf(kOutput, key)) {
        below({stepName(key)}, [&] { walk(key, value, Mode::Structure); });
      }
      return !ended_;
    });
  }

 private:
  enum class Mode : unsigned char { Structure, Free };

  template <typename F>
  void below(Place::Step step, F&& visit) {
    place_.steps_.push_back(step);
    visit();
    place_.steps_.pop_back();
  }

  // `key` is of the member whose value, or an element of whose value, this is.
  void walk(std::string_view key, std::string_view value, Mode mode) {
    switch (json::rawKind(value)) {
      case json::Kind::String:
        if (mode == Mode::Free || !isNoProse(key)) visit(value);
        break;
      case json::Kind::Array: walkArray(key, value, mode); break;
      case json::Kind::Object: mode == Mode::Free ? walkFree(value) : walkObject(value); break;
      case json::Kind::Null:
      case json::Kind::Bool:
      case json::Kind::Number: break;
    }
  }

  void walkArray(std::string_view key, std::string_view array, Mode mode) {
    size_t index = 0;
    json::forEachElement(array, [&](std::string_view element) {
      below({{}, index++}, [&] { walk(key, element, mode); });
      return !ended_;
    });
  }

  void walkObject(std::string_view object) {
    std::optional<bool> is_text;  // looked for once, however often "data" is there
    const auto is_text_source = [&] {
      if (!is_text) is_text = isTextSource(object);
      return *is_text;
    };
    json::forEachMember(object, [&](std::string_view key, std::string_view value) {
      below({stepName(key)}, [&] { walkMember(key, value, is_text_source); });
      return !ended_;
    });
  }

  template <typename F>
  void walkMember(std::string_view key, std::string_view value, const F& is_text_source) {
    const json::Kind kind = json::rawKind(value);
    if (isOneOf(kSchemas, key)) return;
    if (key == "logprobs" || key == "logprobsResult") {
      if (visitor_.token_texts && kind == json::Kind::Object) visitor_.token_texts(value);
    } else if (key == "data" && kind == json::Kind::String && is_text_source()) {
      visit(value);
    } else if (key == "source" && kind == json::Kind::String) {
      return;  // of a search result: where it is from
    } else if (kind == json::Kind::Object && isOneOf(kFree, key)) {
      walkFree(value);
    } else if (!isNoProse(key) || kind == json::Kind::Object || kind == json::Kind::Array) {
      walk(key, value, Mode::Structure);
    }
  }

  // A tool's own JSON. Its keys stay out of the place.
  void walkFree(std::string_view object) {
    json::forEachMember(object, [&](std::string_view key, std::string_view value) {
      walk(key, value, Mode::Free);
      return !ended_;
    });
  }

  void visit(std::string_view raw) {
    if (raw.size() > 2 && !isBlob(raw)) ended_ = !visitor_.prose(raw, place_);
  }

  const ProseVisitor& visitor_;
  Place place_;
  bool ended_ = false;
};

void visitProse(std::string_view body, Phase phase, const ProseVisitor& visitor) {
  ProseWalk(visitor).body(body, phase);
}

void BodyEdits::replace(std::string_view raw, std::string json) {
  edits_.push_back({static_cast<size_t>(raw.data() - body_.data()), raw.size(), std::move(json)});
}

std::string BodyEdits::apply() {
  std::ranges::sort(edits_, {}, &Edit::begin);
  std::string edited;
  size_t from = 0;
  for (const Edit& edit : edits_) {
    edited.append(body_.substr(from, edit.begin - from)).append(edit.json);
    from = edit.begin + edit.length;
  }
  return edited.append(body_.substr(from));
}

}  // namespace penstock::guard
