#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_parts.h"

namespace penstock::dialect {

// Signatures are how a provider knows its own thinking again; of another provider they are refused.
// In the model Claude's (Anthropic, Bedrock) stand as they are, Gemini's behind "gemini:", OpenAI's
// behind "responses:" (responses_reasoning.h), so that a writer can tell which are its provider's.
// Callers of other dialects send back what they got.
bool isGeminiSignature(std::string_view signature);
bool isClaudeSignature(std::string_view signature);

// Gemini's own form, base64 in "thoughtSignature", which holds Claude's signatures and redacted
// thinking as well: behind a mark that is base64 itself, so that SDKs that decode it are content.
enum class ThoughtKind : unsigned char { Signature, Redacted };
struct WireThought {
  ThoughtKind kind = ThoughtKind::Signature;
  std::string text;  // the model's form: a signature, or the data of a RedactedThinkingPart
};
WireThought thoughtOfGemini(std::string_view wire);
std::string geminiThought(std::string_view signature, ThoughtKind kind = ThoughtKind::Signature);

// Gemini signs texts and calls, Claude the thinking before them. To the latter form: the thinking
// before a signed part gets its signature; where there is none, one that says nothing is put there.
// Calls may keep theirs.
enum class CallSignatures : unsigned char { Move, Keep };
std::vector<Part> signaturesOnThinking(const std::vector<Part>& parts, CallSignatures calls);
// And to the former: Gemini's signatures on thinking go to the part that follows, at the end to the
// one before. Thinking is left out, being of no use to Gemini.
std::vector<Part> signaturesOnParts(const std::vector<Part>& parts);

}  // namespace penstock::dialect
