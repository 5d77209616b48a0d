// yamlOf(): JSON to YAML in block style.
#include <string>

#include "declare/yaml.h"
#include "declare/yaml_scalar.h"
#include "json/writer.h"

namespace penstock::declare {
namespace {

constexpr size_t kLongestSimpleKey = 900;  // YAML ends simple keys at 1024

// The escape of a character, at the front of `text`, that YAML calls unprintable or a line break,
// with its length; nothing for others.
std::pair<std::string, size_t> escapeOf(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::pair<std::string_view, const char*> kOthers[] = {
      {"\x7f", "\\u007f"},
      {"\xe2\x80\xa8", "\\u2028"},
      {"\xe2\x80\xa9", "\\u2029"},
      {"\xef\xbb\xbf", "\\ufeff"},
  };
  for (const auto& [raw, escaped] : kOthers) {
    if (text.starts_with(raw)) return {escaped, raw.size()};
  }
  const auto second = static_cast<unsigned char>(text.size() > 1 ? text[1] : 0);
  const bool control = text[0] == '\xc2' && second >= 0x80 && second < 0xA0;  // U+0080 to U+009F
  if (!control) return {};
  return {std::string("\\u00") + kHex[second >> 4] + kHex[second & 15], 2};
}

// A JSON string is a double-quoted YAML one, but for those.
std::string quotedForYaml(std::string_view text) {
  const std::string json = json::quoted(text);
  std::string out;
  for (std::string_view rest = json; !rest.empty();) {
    const auto [escaped, length] = escapeOf(rest);
    out += length == 0 ? std::string(rest.substr(0, 1)) : escaped;
    rest.remove_prefix(length == 0 ? 1 : length);
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
