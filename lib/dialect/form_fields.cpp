#include "dialect/form_fields.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "json/raw.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kNumbers[] = {"n", "partial_images", "output_compression", "temperature",
                                         "speed"};
constexpr std::string_view kFlags[] = {"stream", "mlx:trace", "skip"};

template <size_t N>
bool isOneOf(const std::string_view (&names)[N], std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

// "mlx:tags[team]" is the member `team` of `mlx:tags`; "image[]" an element of `image`.
struct Name {
  std::string_view base, member;
  bool element = false;
};

Name nameOf(std::string_view name) {
  const size_t open = name.find('[');
  if (open == std::string_view::npos || open == 0 || !name.ends_with(']')) return {name, {}, false};
  const std::string_view inner = name.substr(open + 1, name.size() - open - 2);
  return {name.substr(0, open), inner, inner.empty()};
}

std::string fileAsJson(const http::FormPart& part) {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("filename", *part.filename).field("content_type", part.content_type);
  out.field("bytes", part.value.size()).endObject();
  return text;
}

std::string valueAsJson(std::string_view name, const http::FormPart& part) {
  if (part.filename) return fileAsJson(part);
  const std::string_view value = part.value;
  if (isOneOf(kFlags, name) && (value == "true" || value == "false")) return std::string(value);
  const bool number = isOneOf(kNumbers, name) && json::validate(value);
  if (number && json::rawKind(value) == json::Kind::Number) return std::string(value);
  const bool object = name.starts_with("mlx:") && value.starts_with('{') && json::validate(value);
  return object ? std::string(value) : json::quoted(value);
}

// What the parts of one base name come to.
struct Field {
  std::string_view base;
  bool list = false;
  std::vector<std::string> values;
  std::vector<std::pair<std::string_view, std::string>> members;

  std::string text() const {
    if (!members.empty()) {
      std::string out = "{";
      for (const auto& [key, value] : members)
        out.append(out.size() > 1 ? "," : "").append(json::quoted(key)).append(":").append(value);
      return out + "}";
    }
    if (!list && values.size() == 1) return values.front();
    std::string out = "[";
    for (const std::string& value : values) out.append(out.size() > 1 ? "," : "").append(value);
    return out + "]";
  }
};

}  // namespace

std::string fieldsOf(const http::Form& form) {
  std::vector<Field> fields;
  for (const http::FormPart& part : form.parts) {
    const Name name = nameOf(part.name);
    auto field = std::ranges::find(fields, name.base, &Field::base);
    if (field == fields.end()) field = fields.insert(fields.end(), Field{.base = name.base});
    field->list = field->list || name.element;
    if (name.member.empty()) {
      field->values.push_back(valueAsJson(name.base, part));
    } else {
      field->members.emplace_back(name.member, valueAsJson(name.member, part));
    }
  }
  std::string text = "{";
  for (const Field& field : fields) {
    text.append(text.size() > 1 ? "," : "").append(json::quoted(field.base));
    text.append(":").append(field.text());
  }
  return text + "}";
}

}  // namespace penstock::dialect
