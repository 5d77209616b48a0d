#include "provider/relay_call.h"

#include <algorithm>
#include <iterator>

#include "provider/families.h"

namespace penstock::provider {
namespace {

// The version that knows nothing newer than what is passed through.
constexpr std::string_view kAnthropicVersion = "2023-06-01";

// Azure's v1 API is OpenAI's, below /openai/v1; the classic one has a dated query.
std::string azurePath(const model::Provider& provider, const Endpoint& endpoint,
                      std::string_view path) {
  const std::string& version = provider.settings.api_version;
  const bool dated = !version.empty() && version.front() >= '0' && version.front() <= '9';
  const bool v1 = endpoint.base_path.ends_with("/openai/v1");
  std::string target = endpoint.base_path;
  if (!v1 && !target.ends_with("/openai")) target += "/openai";
  if (!v1 && !dated) target += "/v1";
  target.append("/").append(path);
  if (!v1 && dated) target += "?api-version=" + version;
  return target;
}

void addAnthropicHeaders(const model::Provider& provider, const RelayOperation& operation,
                         UpstreamCall& call) {
  std::string_view version = operation.anthropic_version;
  if (version.empty()) version = provider.settings.api_version;
  if (version.empty()) version = kAnthropicVersion;
  call.headers.add("anthropic-version", version);
  if (!operation.anthropic_beta.empty())
    call.headers.add("anthropic-beta", operation.anthropic_beta);
}

}  // namespace

bool hasRelay(const model::Vendor& vendor, model::Dialect dialect) {
  if (dialect == model::Dialect::Anthropic) return vendor.family == model::Family::Anthropic;
  return vendor.family == model::Family::OpenAi || vendor.family == model::Family::Azure;
}

bool hasBatches(const model::Vendor& vendor, model::Dialect dialect) {
  constexpr std::string_view kOpenAis[] = {"openai",    "azure_openai", "demo",    "groq",
                                           "dashscope", "siliconflow",  "zhipuai", "nebius",
                                           "parasail",  "litellm"};
  if (dialect == model::Dialect::Anthropic) return hasRelay(vendor, dialect);
  return std::ranges::find(kOpenAis, vendor.id) != std::end(kOpenAis);
}

Result<UpstreamCall> prepareRelay(const model::Provider& provider, const Endpoint& endpoint,
                                  const RelayOperation& operation) {
  UpstreamCall call;
  call.origin = endpoint.origin;
  call.method = operation.method;
  call.dialect = endpoint.vendor->dialect;
  switch (endpoint.vendor->family) {
    case model::Family::OpenAi:
      call.path.append(endpoint.base_path).append("/").append(operation.path);
      return call;
    case model::Family::Azure:
      call.path = azurePath(provider, endpoint, operation.path);
      return call;
    case model::Family::Anthropic:
      call.path.append(endpoint.base_path).append("/v1/").append(operation.path);
      addAnthropicHeaders(provider, operation, call);
      return call;
    case model::Family::Google:
    case model::Family::Vertex:
    case model::Family::Bedrock: break;
  }
  return ApiError{ErrorKind::Unprocessable, "unsupported_operation",
                  std::string(endpoint.vendor->name) + " has no files and batches of this kind"};
}

}  // namespace penstock::provider
