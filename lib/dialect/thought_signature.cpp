#include "dialect/thought_signature.h"

#include <algorithm>

#include "dialect/responses_reasoning.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kGemini = "gemini:";
// Base64 of "claude" and "redact": whole groups of four, so what follows stays readable.
constexpr std::string_view kClaudeMark = "Y2xhdWRl";
constexpr std::string_view kRedactedMark = "cmVkYWN0";

// Some SDKs decode the base64 and write it again with the letters of URLs.
std::string plainBase64(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  return plain;
}

}  // namespace

bool isGeminiSignature(std::string_view signature) { return signature.starts_with(kGemini); }

bool isClaudeSignature(std::string_view signature) {
  return !signature.empty() && !isGeminiSignature(signature) && !openReasoning(signature);
}

WireThought thoughtOfGemini(std::string_view wire) {
  if (wire.starts_with(kClaudeMark))
    return {ThoughtKind::Signature, plainBase64(wire.substr(kClaudeMark.size()))};
  if (wire.starts_with(kRedactedMark))
    return {ThoughtKind::Redacted, plainBase64(wire.substr(kRedactedMark.size()))};
  return {ThoughtKind::Signature, wire.empty() ? "" : std::string(kGemini) + std::string(wire)};
}

std::string geminiThought(std::string_view signature, ThoughtKind kind) {
  if (kind == ThoughtKind::Redacted) return std::string(kRedactedMark) + std::string(signature);
  // OpenAI's would not survive being decoded as base64.
  if (signature.empty() || openReasoning(signature)) return {};
  if (isGeminiSignature(signature)) return std::string(signature.substr(kGemini.size()));
  return std::string(kClaudeMark) + std::string(signature);
}

std::vector<Part> signaturesOnThinking(const std::vector<Part>& parts, CallSignatures calls) {
  std::vector<Part> moved;
  moved.reserve(parts.size());
  for (const Part& part : parts) {
    const bool moves =
        !part.signature.empty() && (calls == CallSignatures::Move || !part.is<ToolCallPart>());
    if (moves) {
      auto* before = moved.empty() ? nullptr : std::get_if<ThinkingPart>(&moved.back().value);
      if (before != nullptr && before->signature.empty())
        before->signature = part.signature;
      else
        moved.push_back({.value = ThinkingPart{{}, part.signature}});
    }
    moved.push_back(part);
    if (moves) moved.back().signature.clear();
  }
  return moved;
}

std::vector<Part> signaturesOnParts(const std::vector<Part>& parts) {
  std::vector<Part> moved;
  std::string waiting;
  for (const Part& part : parts) {
    if (part.is<RedactedThinkingPart>()) continue;
    if (const auto* thinking = part.as<ThinkingPart>()) {
      if (isGeminiSignature(thinking->signature)) waiting = thinking->signature;
      continue;
    }
    moved.push_back(part);
    if (moved.back().signature.empty()) std::swap(moved.back().signature, waiting);
  }
  if (!waiting.empty() && !moved.empty() && moved.back().signature.empty())
    moved.back().signature = std::move(waiting);
  return moved;
}

}  // namespace penstock::dialect
