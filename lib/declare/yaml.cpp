#include "declare/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <deque>
#include <map>
#include <sstream>
#include <unordered_set>
#include <vector>

#include "base/text.h"
#include "declare/yaml_scalar.h"
#include "json/writer.h"

namespace penstock::declare {
namespace {

// What was read, before aliases are expanded: an alias is one more pointer to the same node.
struct Value {
  json::Kind kind = json::Kind::Null;
  bool complete = false;          // false while it is being read: no alias may point there
  std::string text;               // JSON of a scalar
  std::vector<std::string> keys;  // of an object, one a child
  std::vector<const Value*> children;
  YAML::Mark mark;
};

// Thrown out of the parser, whose own errors are exceptions too; yamlToJson() catches both.
struct Refusal {
  YAML::Mark mark;
  std::string message;
};

class Reader final : public YAML::EventHandler {
 public:
  explicit Reader(const YamlLimits& limits) : limits_(limits) {}
  const Value* root() const { return root_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expectsKey()) throw Refusal{mark, "a key is empty"};
    scalar(mark, anchor, json::Kind::Null, "null");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, json::Kind::Array);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, json::Kind::Object);
  }
  void OnMapEnd() override;

 private:
  struct Frame {
    Value* node;
    std::unordered_set<std::string> seen = {};
    std::vector<const Value*> merged = {};  // values of <<
    bool has_key = false;
    bool merging = false;
  };

  bool expectsKey() const {
    return !frames_.empty() && frames_.back().node->kind == json::Kind::Object &&
           !frames_.back().has_key;
  }
  Value& make(const YAML::Mark& mark, YAML::anchor_t anchor, json::Kind kind);
  void scalar(const YAML::Mark& mark, YAML::anchor_t anchor, json::Kind kind, std::string text);
  void key(const YAML::Mark& mark, std::string text, bool plain);
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, json::Kind kind);
  void close();
  void place(const Value& node);
  void merge(Frame& frame, const Value& source);

  const YamlLimits& limits_;
  std::deque<Value> nodes_;
  std::map<YAML::anchor_t, Value*> anchors_;
  std::vector<Frame> frames_;
  size_t merged_ = 0;
  const Value* root_ = nullptr;
};

Value& Reader::make(const YAML::Mark& mark, YAML::anchor_t anchor, json::Kind kind) {
  if (nodes_.size() >= limits_.max_nodes) throw Refusal{mark, "there are too many values"};
  Value& node = nodes_.emplace_back();
  node.kind = kind;
  node.mark = mark;
  if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
  return node;
}

void Reader::scalar(const YAML::Mark& mark, YAML::anchor_t anchor, json::Kind kind,
                    std::string text) {
  Value& node = make(mark, anchor, kind);
  node.text = std::move(text);
  node.complete = true;
  place(node);
}

void Reader::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (expectsKey()) throw Refusal{mark, "an alias cannot be a key"};
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) throw Refusal{mark, "this alias has no anchor"};
  if (!found->second->complete) throw Refusal{mark, "this alias stands inside its own anchor"};
  place(*found->second);
}

void Reader::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                      const std::string& value) {
  // yaml-cpp's tags: "?" for plain, "!" for quoted, else what was written.
  const bool text = tag == "!" || tag == "tag:yaml.org,2002:str";
  constexpr std::string_view kCore = "tag:yaml.org,2002:";
  const std::string type = tag.starts_with(kCore) ? tag.substr(kCore.size()) : "";
  const bool known =
      text || tag == "?" || type == "int" || type == "float" || type == "bool" || type == "null";
  if (!known) throw Refusal{mark, "this tag is not supported"};
  if (expectsKey()) return key(mark, value, tag == "?");
  if (text) return scalar(mark, anchor, json::Kind::String, json::quoted(value));
  PlainScalar plain = resolvePlain(value);
  using enum PlainScalar::Kind;
  if (plain.kind == NotFinite) throw Refusal{mark, "infinity and not-a-number have no JSON"};
  if (plain.kind == String && tag != "?") throw Refusal{mark, "the value does not fit its tag"};
  const bool number = plain.kind == Int || plain.kind == Float;
  if (number && plain.json.size() > json::kMaxNumberChars) {
    throw Refusal{mark, "the number is too long; quote it if it is text"};
  }
  if (plain.kind == String) return scalar(mark, anchor, json::Kind::String, json::quoted(value));
  scalar(mark, anchor,
         number               ? json::Kind::Number
         : plain.kind == Bool ? json::Kind::Bool
                              : json::Kind::Null,
         std::move(plain.json));
}

void Reader::key(const YAML::Mark& mark, std::string text, bool plain) {
  Frame& frame = frames_.back();
  frame.has_key = true;
  frame.merging = plain && text == "<<";
  if (!frame.seen.insert(text).second) throw Refusal{mark, "the key " + text + " is there twice"};
  if (!frame.merging) frame.node->keys.push_back(std::move(text));
}

void Reader::open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  json::Kind kind) {
  if (expectsKey()) throw Refusal{mark, "a key must be text"};
  if (frames_.size() >= limits_.max_depth) throw Refusal{mark, "it is nested too deeply"};
  const bool known = tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:map" ||
                     tag == "tag:yaml.org,2002:seq";
  if (!known) throw Refusal{mark, "this tag is not supported"};
  frames_.push_back({.node = &make(mark, anchor, kind)});
}

void Reader::close() {
  Value& node = *frames_.back().node;
  node.complete = true;
  frames_.pop_back();
  place(node);
}

void Reader::OnMapEnd() {
  Frame& frame = frames_.back();
  for (const Value* source : frame.merged) {
    if (source->kind == json::Kind::Object) {
      merge(frame, *source);
      continue;
    }
    for (const Value* each : source->children) merge(frame, *each);
  }
  close();
}

// Own keys beat merged ones, earlier sources later ones.
void Reader::merge(Frame& frame, const Value& source) {
  if (source.kind != json::Kind::Object) throw Refusal{source.mark, "only mappings can be merged"};
  for (size_t i = 0; i < source.keys.size(); ++i) {
    if (!frame.seen.insert(source.keys[i]).second) continue;
    if (++merged_ > limits_.max_nodes) throw Refusal{source.mark, "there are too many values"};
    frame.node->keys.push_back(source.keys[i]);
    frame.node->children.push_back(source.children[i]);
  }
}

void Reader::place(const Value& node) {
  if (frames_.empty()) {
    root_ = &node;
    return;
  }
  Frame& frame = frames_.back();
  frame.has_key = false;
  if (!frame.merging) return frame.node->children.push_back(&node);
  frame.merging = false;
  const bool fits = node.kind == json::Kind::Object || node.kind == json::Kind::Array;
  if (!fits) throw Refusal{node.mark, "only mappings can be merged"};
  frame.merged.push_back(&node);
}

// Writes the tree with its aliases expanded, as far as the limits allow.
class Expansion {
 public:
  Expansion(std::string& out, const YamlLimits& limits)
      : out_(out), writer_(out), limits_(limits) {}

  void write(const Value& node, size_t depth) {
    const bool fits = ++nodes_ <= limits_.max_nodes && out_.size() <= limits_.max_output;
    if (!fits) throw Refusal{node.mark, "the aliases expand to too much"};
    if (depth > limits_.max_depth) throw Refusal{node.mark, "it is nested too deeply"};
    if (node.kind == json::Kind::Object) {
      writer_.beginObject();
      for (size_t i = 0; i < node.children.size(); ++i) {
        writer_.key(node.keys[i]);
        write(*node.children[i], depth + 1);
      }
      writer_.endObject();
    } else if (node.kind == json::Kind::Array) {
      writer_.beginArray();
      for (const Value* child : node.children) write(*child, depth + 1);
      writer_.endArray();
    } else {
      writer_.raw(node.text);
    }
  }

 private:
  std::string& out_;
  json::Writer writer_;
  const YamlLimits& limits_;
  size_t nodes_ = 0;
};

ApiError refuse(std::string_view what, const YAML::Mark& mark, const std::string& message) {
  std::string text(what);
  if (!mark.is_null()) {
    text +=
        ": line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1);
  }
  return invalidRequest("invalid_yaml", text + ": " + message);
}

// yaml-cpp takes some control characters for the end of the text.
const char* firstControl(std::string_view text) {
  const auto* found = std::ranges::find_if(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
           c == 0x7f;
  });
  return found == text.end() ? nullptr : found;
}

std::string convert(std::string_view text, const YamlLimits& limits) {
  std::istringstream in{std::string(text)};
  YAML::Parser parser(in);
  Reader reader(limits);
  if (!parser.HandleNextDocument(reader) || reader.root() == nullptr) return "null";
  Reader second(limits);
  if (parser.HandleNextDocument(second)) {
    throw Refusal{YAML::Mark::null_mark(), "it holds several documents; one is meant"};
  }
  std::string json;
  Expansion(json, limits).write(*reader.root(), 0);
  return json;
}

}  // namespace

Result<std::string> yamlToJson(std::string_view text, std::string_view what,
                               const YamlLimits& limits) {
  const auto nowhere = YAML::Mark::null_mark();
  if (text.size() > limits.max_bytes) {
    return refuse(what, nowhere, "is larger than " + std::to_string(limits.max_bytes) + " bytes");
  }
  if (const char* control = firstControl(text)) {
    const auto before = text.substr(0, static_cast<size_t>(control - text.data()));
    YAML::Mark mark;
    mark.line = static_cast<int>(std::ranges::count(before, '\n'));
    mark.column = static_cast<int>(before.size() - (before.rfind('\n') + 1));
    return refuse(what, mark, "control characters are not allowed; write them as \\x..");
  }
  try {
    return convert(text, limits);
  } catch (const Refusal& refusal) {
    return refuse(what, refusal.mark, refusal.message);
  } catch (const YAML::Exception& problem) {
    return refuse(what, problem.mark, problem.msg);
  }
}

}  // namespace penstock::declare
