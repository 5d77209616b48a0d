// Azure OpenAI. Classic: the deployment is in the path and a dated api-version in the query. v1: as
// OpenAI's own, `model` being the deployment.
#include "base/percent.h"
#include "provider/families.h"

namespace penstock::provider {
namespace {

constexpr std::string_view kV1 = "/openai/v1";

// What the base URL leaves out: people give the resource's address, or what they would give an SDK.
std::string prefixOf(std::string_view base_path, bool classic) {
  if (base_path.ends_with(kV1)) return {};
  const std::string api = base_path.ends_with("/openai") ? "" : "openai/";
  return classic ? api : api + "v1/";
}

// "2024-10-21" is a version of the classic API; "v1", "preview", "latest" and none are v1's.
bool isDate(std::string_view api_version) {
  return !api_version.empty() && api_version.front() >= '0' && api_version.front() <= '9';
}

std::string_view pathOf(Action action) {
  switch (action) {
    case Action::Chat: return "chat/completions";
    case Action::Embeddings:
    case Action::EmbedContent: return "embeddings";
    case Action::Responses: return "responses";
    case Action::ListModels: return "models";
    // Azure has its moderation elsewhere, and no variations.
    case Action::CountTokens:
    case Action::Moderations:
    case Action::ImageVariations: break;
    case Action::ImageGenerations:
    case Action::ImageEdits:
    case Action::Speech:
    case Action::Transcriptions:
    case Action::Translations: return mediaPath(action);
  }
  return {};
}

std::string deploymentOf(const CallRequest& request) {
  const auto& deployments = request.provider.settings.deployments;
  const auto found = deployments.find(request.model);
  return found == deployments.end() ? std::string(request.model) : found->second;
}

}  // namespace

Result<UpstreamCall> callAzure(const CallRequest& request) {
  const std::string_view path = pathOf(request.operation.action);
  if (path.empty()) return unsupported(request);
  const std::string& version = request.provider.settings.api_version;
  const bool classic = isDate(version) && !request.endpoint.base_path.ends_with(kV1);
  const bool lists = request.operation.action == Action::ListModels;
  const bool responses = request.operation.action == Action::Responses;
  const std::string deployment = deploymentOf(request);
  std::string target = prefixOf(request.endpoint.base_path, classic);
  // The classic Responses API has no deployment in its path either.
  if (classic && !lists && !responses) target += "deployments/" + percentEncode(deployment) + "/";
  target += path;
  if (!version.empty() && version != "v1") target += "?api-version=" + version;
  UpstreamCall call = lists ? listCall(request, target) : startCall(request, target);
  if (!lists) call.body.model = deployment;
  if (responses) call.dialect = model::Dialect::OpenAiResponses;
  return call;
}

}  // namespace penstock::provider
