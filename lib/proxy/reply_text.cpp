#include "proxy/reply_text.h"

#include <algorithm>
#include <vector>

#include "json/document.h"
#include "json/raw.h"
#include "json/scan.h"
#include "json/splice.h"
#include "json/writer.h"

namespace penstock::proxy {
namespace {

void writeCanonical(json::ValueRef value, std::string& out) {  // NOLINT(misc-no-recursion): bounded
  if (value.isArray()) {
    out += '[';
    for (const json::ValueRef element : value.elements()) {
      if (out.back() != '[') out += ',';
      writeCanonical(element, out);
    }
    out += ']';
  } else if (value.isObject()) {
    std::vector<json::MemberRef> members;
    for (const json::MemberRef member : value.members()) members.push_back(member);
    std::ranges::sort(members, {}, &json::MemberRef::key);
    const char* separator = "{";
    for (const json::MemberRef& member : members) {
      out += separator;
      separator = ",";
      json::appendString(out, member.key);
      out += ':';
      writeCanonical(member.value, out);
    }
    out += members.empty() ? "{}" : "}";
  } else {
    value.appendText(out);
  }
}

// A text, or the texts of an array of parts.
std::string textOf(json::ValueRef content) {
  if (const auto text = content.asString()) return std::string(*text);
  std::string all;
  for (const json::ValueRef part : content.elements()) all += part.stringAt("text").value_or("");
  return all;
}

// Without the ids, which differ from reply to reply.
std::string callsOf(json::ValueRef calls) {
  std::string text;
  for (const json::ValueRef call : calls.elements()) {
    const auto function = call.find("function");
    if (!function) continue;
    const std::string arguments(function->stringAt("arguments").value_or(""));
    text += function->stringAt("name").value_or("");
    text += '(' + canonicalJson(arguments).value_or(arguments) + ')';
  }
  return text;
}

std::string replaced(const json::ObjectIndex& object, const json::Member& member,
                     std::string value) {
  json::Splicer splicer(object);
  splicer.replaceValue(static_cast<size_t>(&member - &object[0]), std::move(value));
  return splicer.build().str();
}

std::string choiceWith(std::string_view choice, std::string_view content) {
  json::ObjectIndex outer;
  json::ObjectIndex inner;
  if (!json::scanObject(choice, outer)) return std::string(choice);
  const json::Member* message = outer.find("message");
  if (message == nullptr || message->kind != json::Kind::Object ||
      !json::scanObject(message->value, inner)) {
    return std::string(choice);
  }
  const json::Member* text = inner.find("content");
  if (text == nullptr) return std::string(choice);
  return replaced(outer, *message, replaced(inner, *text, json::quoted(content)));
}

int64_t characters(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

}  // namespace

std::optional<std::string> canonicalJson(std::string_view text) {
  const auto document = json::parse(text);
  if (!document) return std::nullopt;
  std::string out;
  writeCanonical(document->root(), out);
  return out;
}

ReplyText readReply(std::string_view body) {
  const auto document = json::parse(body);
  if (!document) return {};
  const auto choices = document->root().find("choices");
  if (!choices || !choices->isArray() || choices->size() == 0) return {};
  const auto message = choices->at(0).find("message");
  if (!message) return {};
  ReplyText reply;
  if (const auto content = message->find("content")) reply.text = textOf(*content);
  if (const auto calls = message->find("tool_calls")) reply.tool_calls = callsOf(*calls);
  return reply;
}

std::string withContent(std::string_view body, std::string_view content) {
  json::ObjectIndex index;
  if (!json::scanObject(body, index)) return std::string(body);
  const json::Member* choices = index.find("choices");
  if (choices == nullptr || choices->kind != json::Kind::Array) return std::string(body);
  std::string rewritten = "[";
  json::forEachElement(choices->value, [&](std::string_view choice) {
    const bool first = rewritten.size() == 1;
    rewritten += first ? choiceWith(choice, content) : "," + std::string(choice);
    return true;
  });
  return replaced(index, *choices, rewritten + "]");
}

ReplyFormat::ReplyFormat(const dialect::ChatView& request) : json_(request.wantsJson()) {
  if (!request.wantsJsonSchema()) return;
  const std::string schema = request.jsonSchema();
  if (schema.empty()) return;
  if (auto compiled = json::Schema::compile(schema)) schema_ = *std::move(compiled);
}

bool ReplyFormat::accepts(const ReplyText& reply) const {
  if (!reply.tool_calls.empty()) return true;
  if (reply.text.find_first_not_of(" \t\r\n") == std::string::npos) return false;
  if (schema_) return schema_->accepts(reply.text);
  return !json_ || json::validate(reply.text);
}

bool meets(const config::Acceptance& accept, const ReplyText& reply) {
  const std::string& text = reply.text;
  if (accept.min_length && characters(text) < *accept.min_length) return false;
  if (accept.json_valid && !json::validate(text)) return false;
  if (accept.regex && !accept.regex->isFoundIn(text)) return false;
  if (accept.not_regex && accept.not_regex->isFoundIn(text)) return false;
  return !accept.json_schema || accept.json_schema->accepts(text);
}

}  // namespace penstock::proxy
