#include "dialect/file_references.h"

#include <algorithm>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "base/base64.h"
#include "dialect/json_members.h"
#include "dialect/rare_search.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

using References = std::vector<FileReference>;

// A key as it is written in JSON, not in a text that quotes JSON. An escape may hide a letter of
// it, which no writer of JSON does to these.
bool mayHoldKey(std::string_view json) {
  return holdsWord(json, R"("file_id")", 5) || holdsWord(json, R"("file_ids")", 5) ||
         holdsWord(json, R"(\u006)", 0) || holdsWord(json, R"(\u005)", 0);
}

// `nesting`: how deep a reference is at least.
bool mayNameFilesIn(const ChatView& request, std::string_view key, uint32_t nesting) {
  const json::Member* member = request.body.find(key);
  return member != nullptr && member->nesting >= nesting && mayHoldKey(member->value);
}

ApiError ambiguous(std::string_view param) {
  return invalidRequest("invalid_json", "the object is too large, or holds a key twice",
                        std::string(param));
}

// Looks for references in a request, in the places where a dialect has them.
class Search {
 public:
  explicit Search(size_t most) : most_(most) {}

  Result<References> take() {
    if (error_) return *std::move(error_);
    return std::move(found_);
  }

  // {"messages":[{"content":[{"file":{"file_id":…}}, Mistral's {"type":"file","file_id":…}]}]}
  void chat(std::string_view messages) {
    forEachItem(messages, "messages", [this](const auto& message, const std::string& at) {
      forEachObject(arrayAt(message, "content"), at + ".content",
                    [this](const auto& part, std::string_view raw, const std::string& in) {
                      note(part, in, raw);
                      json::ObjectIndex file;
                      if (scan(part, "file", in, file)) note(file, in + ".file", raw);
                    });
    });
  }

  // {"input":[{"content":[{"type":"input_file","file_id":…}]},
  //           {"output":[…]}, {"output":{"type":"computer_screenshot","file_id":…}}]}
  void responses(std::string_view input) {
    forEachItem(input, "input", [this](const auto& item, const std::string& at) {
      for (const char* key : {"content", "output"}) {
        const std::string in = at + "." + key;
        forEachObject(arrayAt(item, key), in,
                      [this](const auto& part, std::string_view raw, const std::string& place) {
                        note(part, place, raw);
                      });
        json::ObjectIndex single;
        if (scan(item, key, at, single)) note(single, in, item.find(key)->value);
      }
    });
  }

  // {"prompt":{"variables":{"x":{"type":"input_file","file_id":…}}}}
  void prompt(const json::ObjectIndex& body) {
    json::ObjectIndex template_of, variables, value;
    if (!scan(body, "prompt", "", template_of)) return;
    if (!scan(template_of, "variables", "prompt", variables)) return;
    for (const json::Member& member : variables) {
      const std::string at = "prompt.variables." + std::string(member.key);
      if (goesOn() && scan(variables, member.key, "prompt.variables", value))
        note(value, at, member.value);
    }
  }

  // {"tools":[{"container":{"file_ids":[…]}}, {"input_image_mask":{"file_id":…}}]}
  void tools(std::string_view tools) {
    forEachObject(tools, "tools",
                  [this](const auto& tool, std::string_view, const std::string& at) {
                    json::ObjectIndex inner;
                    if (scan(tool, "input_image_mask", at, inner))
                      note(inner, at + ".input_image_mask", {});
                    if (!scan(tool, "container", at, inner)) return;
                    json::forEachElement(arrayAt(inner, "file_ids"), [&](std::string_view id) {
                      note(id, at + ".container.file_ids", {});
                      return goesOn();
                    });
                  });
  }

  // {"messages":[{"content":[block]}]}
  void anthropic(std::string_view messages) {
    forEachItem(messages, "messages", [this](const auto& message, const std::string& at) {
      blocks(arrayAt(message, "content"), at + ".content");
    });
  }

 private:
  using EachObject =
      std::function<void(const json::ObjectIndex&, std::string_view raw, const std::string& path)>;

  bool goesOn() const { return !error_ && found_.size() <= most_; }

  static std::string_view arrayAt(const json::ObjectIndex& object, std::string_view key) {
    const json::Member* member = object.find(key);
    return member != nullptr && member->kind == json::Kind::Array ? member->value : "[]";
  }

  void forEachObject(std::string_view array, const std::string& path, const EachObject& each) {
    if (json::rawKind(array) != json::Kind::Array) return;
    size_t place = 0;
    json::forEachElement(array, [&](std::string_view raw) {
      const std::string at = fmt::format("{}[{}]", path, place++);
      json::ObjectIndex object;
      if (json::rawKind(raw) != json::Kind::Object) return true;
      if (json::scanObject(raw, object))
        each(object, raw, at);
      else
        error_ = ambiguous(at);
      return goesOn();
    });
  }

  template <typename Each>
  void forEachItem(std::string_view array, const std::string& path, const Each& each) {
    item_ = 0;
    if (json::rawKind(array) != json::Kind::Array) return;
    json::forEachElement(array, [&](std::string_view raw) {
      const std::string at = fmt::format("{}[{}]", path, item_);
      json::ObjectIndex item;
      // Most hold none, and each that may is read several times.
      if (json::rawKind(raw) == json::Kind::Object && mayHoldKey(raw)) {
        if (json::scanObject(raw, item))
          each(item, at);
        else
          error_ = ambiguous(at);
      }
      ++item_;
      return goesOn();
    });
    item_ = 0;
  }

  // {"source":{"type":"file","file_id":…}}, {"type":"container_upload","file_id":…},
  // {"type":"tool_result","content":[block]}, {"source":{"type":"content","content":[block]}}
  void blocks(std::string_view content, const std::string& path) {
    forEachObject(content, path,
                  [this](const auto& block, std::string_view, const std::string& at) {
                    note(block, at, {});
                    blocks(arrayAt(block, "content"), at + ".content");
                    source(block, at);
                    if (textAt(block, "type") == "web_fetch_tool_result") fetched(block, at);
                  });
  }

  void source(const json::ObjectIndex& block, const std::string& at) {
    json::ObjectIndex source;
    if (!scan(block, "source", at, source)) return;
    if (source.find("file_id") != nullptr)
      note(source, at + ".source", block.find("source")->value);
    else
      blocks(arrayAt(source, "content"), at + ".source.content");
  }

  // {"type":"web_fetch_tool_result","content":{"content":{"type":"document","source":…}}}
  void fetched(const json::ObjectIndex& block, const std::string& at) {
    json::ObjectIndex result, document;
    if (scan(block, "content", at, result) && scan(result, "content", at + ".content", document))
      source(document, at + ".content.content");
  }

  // False where it is no object.
  bool scan(const json::ObjectIndex& object, std::string_view key, const std::string& path,
            json::ObjectIndex& inner) {
    const json::Member* member = object.find(key);
    if (member == nullptr || member->kind != json::Kind::Object) return false;
    if (json::scanObject(member->value, inner)) return true;
    error_ = ambiguous(fmt::format("{}.{}", path, key));
    return false;
  }

  void note(const json::ObjectIndex& holder, const std::string& path, std::string_view place) {
    if (const json::Member* id = holder.find("file_id")) note(id->value, path + ".file_id", place);
  }
  void note(std::string_view raw_id, std::string param, std::string_view place) {
    if (auto id = json::rawString(raw_id); id && goesOn())
      found_.push_back({*std::move(id), std::move(param), place, item_});
  }

  const size_t most_;
  References found_;
  std::optional<ApiError> error_;
  size_t item_ = 0;  // that is being looked at
};

std::string dataUrl(const InlineFile& file) {
  return fmt::format("data:{};base64,{}", file.media_type, encodeBase64(file.content));
}

// Texts have no name of their own where they stand among others.
std::string titled(const InlineFile& file) {
  std::string text(file.name);
  if (!text.empty()) text += "\n\n";
  return text.append(file.content);
}

// Control characters would take six bytes each.
bool isText(const InlineFile& file) {
  const auto odd = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 &&
           std::string_view("\t\n\r\f").find(c) == std::string_view::npos;
  };
  return file.media_type != "application/pdf" && std::ranges::none_of(file.content, odd) &&
         json::isText(file.content);
}

// {"type":"base64","media_type":…,"data":…}
void writeSource(json::Writer& out, const InlineFile& file, bool text) {
  out.beginObject().field("type", text ? "text" : "base64");
  out.field("media_type", text ? "text/plain" : file.media_type).key("data");
  if (text)
    out.value(file.content);
  else
    out.value(encodeBase64(file.content));
  out.endObject();
}

void writeChatPart(json::Writer& out, const InlineFile& file, bool text) {
  if (text) {
    out.field("type", "text").field("text", titled(file));
  } else if (file.media_type.starts_with("image/")) {
    out.field("type", "image_url").key("image_url").beginObject();
    out.field("url", dataUrl(file)).endObject();
  } else {
    out.field("type", "file").key("file").beginObject().field("filename", file.name);
    out.field("file_data", dataUrl(file)).endObject();
  }
}

// `screen`: an image that is a tool's result.
void writeResponsesPart(json::Writer& out, const InlineFile& file, bool text, bool screen) {
  if (text) {
    out.field("type", "input_text").field("text", titled(file));
  } else if (file.media_type.starts_with("image/")) {
    out.field("type", screen ? "computer_screenshot" : "input_image");
    out.field("image_url", dataUrl(file));
  } else {
    out.field("type", "input_file").field("filename", file.name);
    out.field("file_data", dataUrl(file));
  }
}

}  // namespace

bool mayNameFiles(Dialect caller, const ChatView& request) {
  switch (caller) {
    case Dialect::OpenAi: return mayNameFilesIn(request, "messages", 4);
    case Dialect::Responses:
      return mayNameFilesIn(request, "input", 3) || mayNameFilesIn(request, "tools", 3) ||
             mayNameFilesIn(request, "prompt", 3);
    case Dialect::Anthropic: return mayNameFilesIn(request, "messages", 4);
    case Dialect::Gemini:
    case Dialect::Bedrock: return false;
  }
  return false;
}

Result<References> fileReferences(Dialect caller, const ChatView& request, size_t most) {
  Search search(most);
  const auto member = [&request](std::string_view key) -> std::string_view {
    const json::Member* found = request.body.find(key);
    return found == nullptr ? "[]" : found->value;
  };
  if (caller == Dialect::OpenAi) search.chat(member("messages"));
  if (caller == Dialect::Anthropic) search.anthropic(member("messages"));
  if (caller == Dialect::Responses) {
    search.responses(member("input"));
    search.prompt(request.body);
    search.tools(member("tools"));
  }
  return search.take();
}

std::string inlineFile(Dialect caller, const FileReference& reference, const InlineFile& file) {
  std::string written;
  json::Writer out(written);
  const bool text = isText(file);
  if (caller == Dialect::Anthropic) {
    writeSource(out, file, text);
    return written;
  }
  json::ObjectIndex part;
  static_cast<void>(json::scanObject(reference.place, part));  // it was when it was found
  out.beginObject();
  if (caller == Dialect::OpenAi)
    writeChatPart(out, file, text);
  else
    writeResponsesPart(out, file, text, textAt(part, "type") == "computer_screenshot");
  // What any part may have beside its own; the rest is of what it was.
  const bool image = file.media_type.starts_with("image/") && !text;
  for (const json::Member& member : part) {
    const bool kept = member.key == "cache_control" || member.key == "prompt_cache_breakpoint" ||
                      (image && caller == Dialect::Responses && member.key == "detail");
    if (kept) out.rawField(member.key, member.value);
  }
  out.endObject();
  return written;
}

std::string replaceIn(std::string_view body, const Replacements& replacements) {
  std::string text;
  size_t length = body.size();
  for (const auto& [place, json] : replacements) length += json.size();
  text.reserve(length);
  size_t from = 0;
  for (const auto& [place, json] : replacements) {
    const auto at = static_cast<size_t>(place.data() - body.data());
    text.append(body, from, at - from).append(json);
    from = at + place.size();
  }
  return text.append(body, from);
}

}  // namespace penstock::dialect
