#include "dialect/responses_reasoning.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kSeal = "responses:";
constexpr std::string_view kForeignThinking = "penstock:thinking:";
constexpr std::string_view kForeignRedacted = "penstock:redacted:";

}  // namespace

std::string sealReasoning(std::string_view id, std::string_view encrypted) {
  std::string signature(kSeal);
  signature.append(id).append(":").append(encrypted);
  return signature;
}

std::optional<SealedReasoning> openReasoning(std::string_view signature) {
  if (!signature.starts_with(kSeal)) return std::nullopt;
  signature.remove_prefix(kSeal.size());
  const size_t colon = signature.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return SealedReasoning{signature.substr(0, colon), signature.substr(colon + 1)};
}

std::string encryptedContentOf(const Part& part) {
  if (const auto* redacted = part.as<RedactedThinkingPart>())
    return std::string(kForeignRedacted) + redacted->data;
  const auto* thinking = part.as<ThinkingPart>();
  if (thinking == nullptr || thinking->signature.empty()) return {};
  if (const auto sealed = openReasoning(thinking->signature)) return std::string(sealed->encrypted);
  return std::string(kForeignThinking) + thinking->signature;
}

Part thinkingOf(std::string_view id, std::string text, std::string_view encrypted_content) {
  if (encrypted_content.starts_with(kForeignRedacted))
    return {.value = RedactedThinkingPart{
                std::string(encrypted_content.substr(kForeignRedacted.size()))}};
  ThinkingPart thinking{std::move(text), {}};
  if (encrypted_content.starts_with(kForeignThinking))
    thinking.signature = encrypted_content.substr(kForeignThinking.size());
  else if (!encrypted_content.empty())
    thinking.signature = sealReasoning(id, encrypted_content);
  return {.value = std::move(thinking)};
}

}  // namespace penstock::dialect
