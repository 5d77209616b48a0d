#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialect/chat_parts.h"

namespace penstock::dialect {

// Reasoning that only its own provider can read, on its way through callers that keep it for the
// next request.
//
// OpenAI's encrypted_content, with the id of its item, is the signature of a ThinkingPart:
// "responses:rs_1:gAAAA…". So callers of every dialect send it back, and no other provider takes it
// for its own.
std::string sealReasoning(std::string_view id, std::string_view encrypted);
struct SealedReasoning {
  std::string_view id, encrypted;
};
// Nothing for signatures of others.
std::optional<SealedReasoning> openReasoning(std::string_view signature);

// Other providers' signatures, and what they redact, as the encrypted_content that callers of
// Responses keep: "penstock:thinking:…", "penstock:redacted:…". Empty: the part has none.
std::string encryptedContentOf(const Part& part);
// And back: a ThinkingPart with `text` or a RedactedThinkingPart.
Part thinkingOf(std::string_view id, std::string text, std::string_view encrypted_content);

}  // namespace penstock::dialect
