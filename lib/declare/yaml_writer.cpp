// yamlOf(): JSON to YAML in block style.
#include <string>

#include "declare/yaml.h"
#include "declare/yaml_scalar.h"
#include "json/writer.h"

namespace penstock::declare {
namespace {

constexpr size_t kLongestSimpleKey = 900;  // YAML ends simple keys at 1024

// A JSON string is a double-quoted YAML one, but for characters that YAML calls unprintable or a
// line break: those are escaped too.
std::string quotedForYaml(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kEscapes[] = {
      {"\x7f", "\\u007f"},         {"\xc2\x85", "\\u0085"},     {"\xe2\x80\xa8", "\\u2028"},
      {"\xe2\x80\xa9", "\\u2029"}, {"\xef\xbb\xbf", "\\ufeff"},
  };
  const std::string json = json::quoted(text);
  std::string out;
  for (size_t i = 0; i < json.size();) {
    size_t taken = 1;
    std::string_view piece = std::string_view(json).substr(i, 1);
    for (const auto& [raw, escaped] : kEscapes) {
      if (!std::string_view(json).substr(i).starts_with(raw)) continue;
      piece = escaped;
      taken = raw.size();
    }
    out += piece;
    i += taken;
  }
  return out;
}

std::string textOf(std::string_view text) {
  return isSafePlain(text) ? std::string(text) : quotedForYaml(text);
}

bool isBlock(json::ValueRef value) {
  return (value.isObject() || value.isArray()) && value.size() > 0;
}

class Block {
 public:
  explicit Block(std::string& out) : out_(out) {}

  // At the start of a line that is already indented, or after "- ".
  void write(json::ValueRef value, size_t indent) {
    if (!isBlock(value)) {
      scalar(value);
    } else if (value.isArray()) {
      items(value, indent);
    } else {
      members(value, indent);
    }
  }

 private:
  void scalar(json::ValueRef value) {
    if (const auto text = value.asString()) {
      out_ += textOf(*text);
    } else {
      value.appendText(out_);  // also {} and []
    }
    out_ += "\n";
  }

  void items(json::ValueRef value, size_t indent) {
    bool first = true;
    for (const json::ValueRef item : value.elements()) {
      if (!first) out_.append(indent, ' ');
      first = false;
      out_ += "- ";
      write(item, indent + 2);
    }
  }

  void members(json::ValueRef value, size_t indent) {
    bool first = true;
    for (const auto& [key, member] : value.members()) {
      if (!first) out_.append(indent, ' ');
      first = false;
      name(key, indent);
      if (!isBlock(member)) {
        out_ += " ";
        scalar(member);
        continue;
      }
      out_ += "\n";
      out_.append(indent + 2, ' ');
      write(member, indent + 2);
    }
  }

  void name(std::string_view key, size_t indent) {
    const std::string text = textOf(key);
    if (text.size() > kLongestSimpleKey) {
      out_ += "? " + text + "\n";
      out_.append(indent, ' ');
      out_ += ":";
    } else {
      out_ += text + ":";
    }
  }

  std::string& out_;
};

}  // namespace

std::string yamlOf(json::ValueRef root) {
  std::string out;
  Block(out).write(root, 0);
  return out;
}

}  // namespace penstock::declare
