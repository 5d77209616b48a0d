#include "dialect/gemini_schema.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "base/text.h"
#include "dialect/gemini_wire.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

constexpr int kMaxDepth = 24;          // of references within each other
constexpr size_t kMaxBytes = 1 << 20;  // references may repeat what they name without end
constexpr size_t kMaxSteps = 20'000;   // members and references, where nothing is written

bool isIn(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// --- Google's to JSON Schema

void writeJsonSchema(ValueRef google, json::Writer& out);

void writeType(ValueRef google, json::Writer& out) {
  const std::string type = asciiLower(textOf(google, "type"));
  if (type.empty() || type == "type_unspecified") return;
  const auto nullable = google.find("nullable");
  out.key("type");
  if (!nullable || nullable->asBool() != true) {
    out.value(type);
    return;
  }
  out.beginArray().value(type).value("null").endArray();
}

void writeMember(std::string_view key, ValueRef value, json::Writer& out) {
  if (key == "properties" && value.isObject()) {
    out.key(key).beginObject();
    for (const auto [name, schema] : value.members()) {
      out.key(name);
      writeJsonSchema(schema, out);
    }
    out.endObject();
  } else if (key == "items") {
    out.key(key);
    writeJsonSchema(value, out);
  } else if (key == "anyOf" && value.isArray()) {
    out.key(key).beginArray();
    for (const ValueRef schema : value.elements()) writeJsonSchema(schema, out);
    out.endArray();
  } else if (value.isString() && isIn(key, {"minItems", "maxItems", "minLength", "maxLength",
                                            "minProperties", "maxProperties"})) {
    // Protocol buffers write 64-bit numbers as texts.
    if (const auto number = parseUnsigned(*value.asString())) out.field(key, *number);
  } else {
    out.rawField(key, value.text());
  }
}

void writeJsonSchema(ValueRef google, json::Writer& out) {
  if (!google.isObject()) {
    out.raw(google.text());
    return;
  }
  out.beginObject();
  writeType(google, out);
  for (const auto [name, value] : google.members()) {
    const std::string key = camelCase(name);
    if (value.isNull() || isIn(key, {"type", "nullable", "propertyOrdering", "example"})) continue;
    if (key == "format" && value.asString() == "enum") continue;
    writeMember(key, value, out);
  }
  out.endObject();
}

// --- JSON Schema to Google's

class GoogleWriter {
 public:
  GoogleWriter(ValueRef root, std::string& body) : root_(root), body_(body), out_(body) {}

  void write(ValueRef schema, int depth);
  std::string lost;

 private:
  void lose(std::string_view word) {
    if (lost.empty()) lost = word;
  }
  std::optional<ValueRef> resolve(std::string_view reference) const;
  ValueRef target(ValueRef schema, int& depth);
  void writeMembers(ValueRef schema, int depth);
  void writeMember(std::string_view key, ValueRef value, int depth);
  void writeType(ValueRef type);
  void writeEnum(ValueRef values);
  void writeProperties(ValueRef value, int depth);
  void writeAnyOf(ValueRef value, int depth);
  bool begin(std::string_view key);

  // Whether there may be one step more: references in what is to be merged write nothing, and may
  // lead from each schema to many.
  bool mayGoOn() { return ++steps_ <= kMaxSteps; }

  const ValueRef root_;
  size_t steps_ = 0;
  std::string& body_;
  json::Writer out_;
  std::vector<std::string> written_;  // members of the schema under way, for allOf
};

// "#/$defs/Node"
std::optional<ValueRef> GoogleWriter::resolve(std::string_view reference) const {
  if (!reference.starts_with("#/")) return std::nullopt;
  std::optional<ValueRef> at = root_;
  split(reference.substr(2), '/', [&at](std::string_view step) {
    if (at) at = at->find(step);
  });
  return at;
}

// What a schema stands for, through its references; one that says nothing where they do not end.
ValueRef GoogleWriter::target(ValueRef schema, int& depth) {
  while (const auto reference = schema.stringAt("$ref")) {
    const auto next = resolve(*reference);
    if (!next || ++depth > kMaxDepth || !mayGoOn()) {
      lose("$ref");
      return schema;
    }
    schema = *next;
  }
  return schema;
}

void GoogleWriter::write(ValueRef schema, int depth) {
  schema = target(schema, depth);
  std::vector<std::string> outer;
  outer.swap(written_);
  out_.beginObject();
  if (depth > kMaxDepth || body_.size() > kMaxBytes)
    lose("$ref");
  else
    writeMembers(schema, depth);
  out_.endObject();
  written_ = std::move(outer);
}

void GoogleWriter::writeMembers(ValueRef schema, int depth) {
  for (const auto [key, value] : schema.members()) {
    if (!mayGoOn()) return lose("$ref");
    if (!value.isNull()) writeMember(key, value, depth);
  }
}

// False: the member is there already.
bool GoogleWriter::begin(std::string_view key) {
  if (std::find(written_.begin(), written_.end(), key) != written_.end()) return false;
  written_.emplace_back(key);
  out_.key(key);
  return true;
}

void GoogleWriter::writeMember(std::string_view key, ValueRef value, int depth) {
  if (key == "type") {
    writeType(value);
  } else if (key == "enum") {
    writeEnum(value);
  } else if (key == "const") {
    if (!value.isString()) return lose(key);
    if (begin("enum")) out_.beginArray().value(*value.asString()).endArray();
  } else if (key == "properties") {
    writeProperties(value, depth);
  } else if (key == "items" && value.isObject()) {
    if (begin(key)) write(value, depth + 1);
  } else if (key == "anyOf" || key == "oneOf") {
    writeAnyOf(value, depth);
  } else if (key == "allOf") {
    for (ValueRef each : value.elements()) {
      int deeper = depth + 1;
      each = target(each, deeper);
      if (deeper <= kMaxDepth) writeMembers(each, deeper);
    }
  } else if (key == "format") {
    const bool known = isIn(value.asString().value_or(""),
                            {"date-time", "enum", "int32", "int64", "float", "double"});
    if (known && begin(key)) out_.raw(value.text());
  } else if (isIn(key, {"title", "description", "default", "required", "minItems", "maxItems",
                        "minLength", "maxLength", "minProperties", "maxProperties", "minimum",
                        "maximum", "pattern", "nullable"})) {
    if (begin(key)) out_.raw(value.text());
  } else if (!isIn(key, {"$schema", "$id", "$defs", "definitions", "$ref", "$comment", "examples",
                         "deprecated", "readOnly", "writeOnly"})) {
    lose(key);
  }
}

// "string", or ["string","null"]; of several the first is told.
void GoogleWriter::writeType(ValueRef type) {
  std::vector<std::string_view> types;
  bool nullable = false;
  const auto add = [&](std::string_view word) {
    if (word == "null")
      nullable = true;
    else
      types.push_back(word);
  };
  if (type.isString()) add(*type.asString());
  for (const ValueRef each : type.elements()) add(each.asString().value_or(""));
  if (types.size() > 1) lose("type");
  if (!types.empty() && begin("type")) {
    std::string upper(types.front());
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    out_.value(upper);
  }
  if (nullable && begin("nullable")) out_.value(true);
}

void GoogleWriter::writeEnum(ValueRef values) {
  for (const ValueRef value : values.elements())
    if (!value.isString() && !value.isNull()) return lose("enum");
  if (!begin("enum")) return;
  out_.beginArray();
  for (const ValueRef value : values.elements())
    if (value.isString()) out_.value(*value.asString());
  out_.endArray();
}

void GoogleWriter::writeProperties(ValueRef value, int depth) {
  if (!begin("properties")) return;
  out_.beginObject();
  for (const auto [name, schema] : value.members()) {
    out_.key(name);
    write(schema, depth + 1);
  }
  out_.endObject();
}

// A null among the choices makes the whole nullable.
void GoogleWriter::writeAnyOf(ValueRef value, int depth) {
  bool nullable = false;
  std::vector<ValueRef> choices;
  for (const ValueRef choice : value.elements()) {
    if (choice.stringAt("type") == "null")
      nullable = true;
    else
      choices.push_back(choice);
  }
  if (nullable && begin("nullable")) out_.value(true);
  if (choices.size() == 1) {
    int deeper = depth + 1;
    const ValueRef only = target(choices.front(), deeper);
    if (deeper <= kMaxDepth) writeMembers(only, deeper);
  } else if (!choices.empty() && begin("anyOf")) {
    out_.beginArray();
    for (const ValueRef choice : choices) write(choice, depth + 1);
    out_.endArray();
  }
}

}  // namespace

std::string jsonSchemaOf(ValueRef google) {
  std::string json;
  json::Writer out(json);
  writeJsonSchema(google, out);
  return json;
}

GoogleSchema googleSchemaOf(std::string_view json_schema) {
  GoogleSchema schema;
  const auto document = json::parse(json_schema);
  if (!document || !document->root().isObject()) return schema;
  GoogleWriter writer(document->root(), schema.json);
  writer.write(document->root(), 0);
  schema.lost = std::move(writer.lost);
  return schema;
}

}  // namespace penstock::dialect
