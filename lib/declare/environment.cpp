#include "declare/environment.h"

#include <algorithm>
#include <vector>

#include "json/writer.h"

namespace penstock::declare {
namespace {

constexpr std::string_view kOpen = "${";
constexpr std::string_view kEscaped = "$${";
constexpr std::string_view kDefault = ":-";

bool isVariable(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// Rewrites every string value of a document.
class Rewriter {
 public:
  using Each = std::function<std::string(json::ValueRef)>;
  explicit Rewriter(Each each) : each_(std::move(each)) {}

  std::string rewrite(json::ValueRef root) {
    walk(root);
    return std::move(text_);
  }

 private:
  void walk(json::ValueRef value) {
    if (value.isObject()) {
      out_.beginObject();
      for (const auto& [key, member] : value.members()) {
        out_.key(key);
        walk(member);
      }
      out_.endObject();
    } else if (value.isArray()) {
      out_.beginArray();
      for (const json::ValueRef item : value.elements()) walk(item);
      out_.endArray();
    } else if (value.isString()) {
      out_.value(each_(value));
    } else {
      out_.raw(value.text());
    }
  }

  Each each_;
  std::string text_;
  json::Writer out_{text_};
};

class Substitution {
 public:
  Substitution(const Lookup& lookup, std::vector<FieldError>& errors)
      : lookup_(lookup), errors_(errors) {}

  std::string operator()(json::ValueRef value) {
    std::string_view rest = *value.asString();
    std::string out;
    while (!rest.empty()) {
      const size_t open = rest.find(kOpen);
      out += rest.substr(0, open);
      if (open == std::string_view::npos) break;
      const bool escaped = open > 0 && rest[open - 1] == '$';
      rest.remove_prefix(open + kOpen.size());
      if (escaped) {
        out += "{";  // the '$' before it is there already
        continue;
      }
      const size_t close = rest.find('}');
      if (close == std::string_view::npos) {
        errors_.push_back({value.pointer(), "a ${ has no }; write $${ for a plain ${"});
        break;
      }
      out += resolve(value, rest.substr(0, close));
      rest.remove_prefix(close + 1);
    }
    return out;
  }

 private:
  std::string resolve(json::ValueRef value, std::string_view reference) {
    const size_t colon = reference.find(kDefault);
    const std::string_view name = reference.substr(0, colon);
    if (!isVariable(name)) {
      errors_.push_back({value.pointer(), "a ${…} does not name a variable"});
      return {};
    }
    auto found = lookup_(name);
    const bool has_default = colon != std::string_view::npos;
    if (has_default && (!found || found->empty())) {
      return std::string(reference.substr(colon + kDefault.size()));
    }
    if (!found) {
      errors_.push_back({value.pointer(), "the variable " + std::string(name) + " is not set"});
    }
    return found.value_or("");
  }

  const Lookup& lookup_;
  std::vector<FieldError>& errors_;
};

}  // namespace

Result<std::string> substitute(json::ValueRef root, const Lookup& lookup) {
  std::vector<FieldError> errors;
  std::string text = Rewriter(Substitution(lookup, errors)).rewrite(root);
  if (errors.empty()) return text;
  ApiError error{.kind = ErrorKind::Unprocessable,
                 .code = "invalid_reference",
                 .message = errors[0].param + ": " + errors[0].message,
                 .param = errors[0].param};
  error.fields = std::move(errors);
  return error;
}

std::string escapeReferences(std::string_view text) {
  std::string out;
  for (size_t open = text.find(kOpen); open != std::string_view::npos; open = text.find(kOpen)) {
    out += text.substr(0, open);
    out += kEscaped;
    text.remove_prefix(open + kOpen.size());
  }
  return out.append(text);
}

std::string escapeReferences(json::ValueRef root) {
  return Rewriter([](json::ValueRef value) { return escapeReferences(*value.asString()); })
      .rewrite(root);
}

std::string referenceOf(std::string_view text, std::string_view prefix) {
  if (text.starts_with(prefix) && isVariable(text.substr(prefix.size()))) {
    return "${" + std::string(text.substr(prefix.size())) + "}";
  }
  return escapeReferences(text);
}

}  // namespace penstock::declare
