#include "guard/webhook_answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "guard/prose.h"
#include "json/document.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::guard {
namespace {

constexpr std::array<std::string_view, 4> kActions = {"allow", "block", "redact", "flag"};
constexpr size_t kMaxReason = 256;

bool hasControls(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// One text, or as many as there are pieces.
std::vector<std::string> readReplacements(json::ValueRef replacement) {
  std::vector<std::string> texts;
  if (const auto text = replacement.asString()) texts.emplace_back(*text);
  for (const json::ValueRef element : replacement.elements()) {
    if (const auto text = element.asString()) texts.emplace_back(*text);
  }
  return texts;
}

}  // namespace

std::string questionJson(const Question& question) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("phase", question.phase == Phase::Input ? "input" : "output");
  out.field("request_id", question.request_id).field("project", question.project);
  out.field("model", question.model);
  if (question.phase == Phase::Output && question.pieces.size() == 1) {
    out.field("text", question.pieces[0].text);
  }
  out.key("messages").beginArray();
  for (const TextPiece& piece : question.pieces) {
    out.beginObject().field("place", piece.place).field("text", piece.text).endObject();
  }
  out.endArray().endObject();
  return body;
}

Result<WebhookVerdict, std::string> parseAnswer(std::string_view body, size_t pieces) {
  const auto document = json::parse(body);
  if (!document || !document->root().isObject()) return std::string("not a JSON object");
  const json::ValueRef root = document->root();
  const auto action = root.stringAt("action");
  const auto* const known = std::ranges::find(kActions, action.value_or(""));
  if (known == kActions.end()) return std::string("no action that is known");
  WebhookVerdict verdict;
  verdict.action = static_cast<WebhookVerdict::Action>(known - kActions.begin());
  const auto reason = root.stringAt("reason");
  if (reason && reason->size() <= kMaxReason && !hasControls(*reason)) verdict.reason = *reason;
  if (verdict.action != WebhookVerdict::Action::Redact) return verdict;
  const auto replacement = root.find("replacement");
  if (replacement) verdict.replacements = readReplacements(*replacement);
  if (verdict.replacements.size() != pieces) {
    return std::string("no replacement for each of the texts");
  }
  return verdict;
}

std::vector<TextPiece> piecesOf(std::string_view body, Phase phase) {
  std::vector<TextPiece> pieces;
  visitProse(body, phase, {[&](std::string_view raw, const Place& place) {
               pieces.push_back({place.pointer(), json::rawString(raw).value_or("")});
               return true;
             }});
  return pieces;
}

std::string withReplacements(std::string_view body, Phase phase,
                             const std::vector<std::string>& replacements) {
  BodyEdits edits(body);
  std::vector<std::string_view> token_texts;
  size_t next = 0;
  ProseVisitor visitor{[&](std::string_view raw, const Place&) {
    if (next == replacements.size()) return false;
    const std::string& text = replacements[next++];
    if (json::rawString(raw) != text) edits.replace(raw, json::quoted(text));
    return true;
  }};
  visitor.token_texts = [&](std::string_view raw) { token_texts.push_back(raw); };
  visitProse(body, phase, visitor);
  if (edits.empty()) return std::string(body);
  for (const std::string_view raw : token_texts) edits.replace(raw, "null");
  return edits.apply();
}

}  // namespace penstock::guard
