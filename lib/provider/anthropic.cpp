// Anthropic's own API: /v1/messages, a dated version, betas by header.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "provider/families.h"

namespace penstock::provider {
namespace {

// What is sent unless the caller or the provider says otherwise: the version that takes the
// sampling parameters which other dialects' callers send (spec/dialects.md 0).
constexpr std::string_view kVersion = "2023-06-01";

// Betas that Claude on Vertex and Bedrock takes; others there are errors, and Claude Code sends
// many (spec/dialects.md 0).
constexpr std::array<std::string_view, 7> kCloudBetas = {
    "computer-use-2025-01-24",         "context-1m-2025-08-07",
    "context-management-2025-06-27",   "fine-grained-tool-streaming-2025-05-14",
    "interleaved-thinking-2025-05-14", "output-128k-2025-02-19",
    "token-efficient-tools-2025-02-19"};

bool isToken(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool isAllowed(const model::Vendor& vendor, std::string_view beta) {
  if (vendor.family == model::Family::Anthropic) return true;
  return std::ranges::find(kCloudBetas, beta) != kCloudBetas.end();
}

std::string versionOf(const CallRequest& request) {
  const std::string_view asked = request.operation.anthropic_version;
  if (isToken(asked)) return std::string(asked);
  const std::string& own = request.provider.settings.api_version;
  return own.empty() ? std::string(kVersion) : own;
}

UpstreamCall finished(const CallRequest& request, UpstreamCall call) {
  call.headers.add("anthropic-version", versionOf(request));
  addBetas(request, call);
  return call;
}

}  // namespace

std::vector<std::string> allowedBetas(const CallRequest& request, UpstreamCall& call) {
  std::vector<std::string> allowed;
  if (request.operation.anthropic_beta.empty()) return allowed;
  split(request.operation.anthropic_beta, ',', [&](std::string_view part) {
    const std::string_view beta = trim(part);
    if (!isToken(beta)) return;
    auto& list = isAllowed(*request.endpoint.vendor, beta) ? allowed : call.dropped_betas;
    if (std::ranges::find(list, beta) == list.end()) list.emplace_back(beta);
  });
  return allowed;
}

void addBetas(const CallRequest& request, UpstreamCall& call) {
  std::string betas;
  for (const std::string& beta : allowedBetas(request, call)) {
    betas.append(betas.empty() ? "" : ",").append(beta);
  }
  if (!betas.empty()) call.headers.add("anthropic-beta", betas);
}

Result<UpstreamCall> callAnthropic(const CallRequest& request) {
  switch (request.operation.action) {
    case Action::Chat: return finished(request, startCall(request, "v1/messages"));
    case Action::CountTokens:
      return finished(request, startCall(request, "v1/messages/count_tokens"));
    case Action::ListModels:
      return finished(request, listCall(request, request.endpoint.vendor->models_path));
    default: return unsupported(request);  // Anthropic has no other
  }
}

}  // namespace penstock::provider
