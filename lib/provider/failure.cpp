#include "provider/failure.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace penstock::provider {
namespace {

template <size_t N>
bool isOneOf(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words,
                             [word](std::string_view one) { return equalsIgnoreCase(word, one); });
}

template <size_t N>
bool mentions(std::string_view text, const std::array<std::string_view, N>& phrases) {
  const std::string lower = asciiLower(text);
  return std::ranges::any_of(
      phrases, [&](std::string_view phrase) { return lower.find(phrase) != std::string::npos; });
}

constexpr std::array<std::string_view, 8> kMoney = {
    "insufficient_quota",           "billing_error",
    "billing_hard_limit_reached",   "billing_not_active",
    "enforced_spend_limit_reached", "contract_spend_limit_reached",
    "insufficient_balance",         "credits_exhausted"};
constexpr std::array<std::string_view, 4> kPolicy = {"content_filter", "content_policy_violation",
                                                     "ResponsibleAIPolicyViolation",
                                                     "moderation_blocked"};
constexpr std::array<std::string_view, 3> kNoModel = {"model_not_found", "DeploymentNotFound",
                                                      "model_not_available"};
constexpr std::array<std::string_view, 6> kTooLong = {
    "maximum context length", "context length",  "context window",
    "prompt is too long",     "too many tokens", "input is too long"};

bool isMoney(const dialect::UpstreamError& said) {
  return isOneOf(said.code, kMoney) || isOneOf(said.type, kMoney);
}

bool isShape(int status, const dialect::UpstreamError& said) {
  if (equalsIgnoreCase(said.code, "context_length_exceeded")) return true;
  // Groq, of a request with more tokens than the account has a minute: it never fits there, and
  // says nothing of what other requests have left.
  if (status == 413 && equalsIgnoreCase(said.code, "rate_limit_exceeded")) return true;
  return (status == 400 || status == 413 || status == 422) && mentions(said.message, kTooLong);
}

FailureClass classifyRefusal(int status, const dialect::UpstreamError& said) {
  if (saysLost(said)) return FailureClass::Caller;
  if (isShape(status, said)) return FailureClass::Shape;
  if (isOneOf(said.code, kPolicy) || isOneOf(said.type, kPolicy)) return FailureClass::Policy;
  if (isOneOf(said.code, kNoModel)) return FailureClass::NoModel;
  // A chat or embeddings path that is not there is a model that is not there.
  return status == 404 ? FailureClass::NoModel : FailureClass::Caller;
}

}  // namespace

bool saysLost(const dialect::UpstreamError& said) {
  if (said.code == "previous_response_not_found" || said.param == "previous_response_id")
    return true;
  return said.message.starts_with("Item with id") &&
         said.message.find("not found") != std::string::npos;
}

FailureClass classify(int status, const dialect::UpstreamError& said) {
  if (isMoney(said) || status == 402) return FailureClass::Money;
  switch (status) {
    case 429: return FailureClass::Rate;
    case 401:
    case 403: return FailureClass::Credential;
    case 408:
    case 504: return FailureClass::Timeout;
    case 503:
    case 529: return FailureClass::Overload;
    default: break;
  }
  if (status >= 400 && status < 500) return classifyRefusal(status, said);
  return FailureClass::Fault;
}

}  // namespace penstock::provider
