// Google Vertex AI: Gemini, Claude and open models, each below its publisher in a project and a
// location.
#include "base/percent.h"
#include "provider/families.h"

namespace penstock::provider {
namespace {

constexpr std::string_view kAnthropicVersion = "vertex-2023-10-16";

std::string placeOf(const model::ProviderSettings& settings) {
  return "v1/projects/" + percentEncode(settings.project) + "/locations/" +
         percentEncode(settings.location);
}

std::string withoutPublisher(std::string_view model) {
  const size_t slash = model.find('/');
  return percentEncode(slash == std::string_view::npos ? model : model.substr(slash + 1));
}

Result<UpstreamCall> callGemini(const CallRequest& request, const std::string& place) {
  std::string verb(geminiVerb(request.operation));
  if (verb.empty()) return unsupported(request);
  const Action action = request.operation.action;
  if (action == Action::Embeddings || action == Action::EmbedContent) verb = ":predict";
  UpstreamCall call = startCall(
      request, place + "/publishers/google/models/" + withoutPublisher(request.model) + verb);
  call.body.model.clear();
  call.body.stream = false;
  return call;
}

// Claude's body is Anthropic's, but for the model, which is in the path, and the version, which is
// no header here.
Result<UpstreamCall> callClaude(const CallRequest& request, const std::string& place) {
  std::string name = withoutPublisher(request.model);
  const Action action = request.operation.action;
  const bool counts = action == Action::CountTokens;
  if (action != Action::Chat && !counts) return unsupported(request);
  std::string_view verb = request.operation.stream ? ":streamRawPredict" : ":rawPredict";
  // One endpoint counts for all models: it wants the name in the body.
  if (counts) verb = ":rawPredict";
  const std::string target = counts ? "count-tokens" : name;
  UpstreamCall call =
      startCall(request, place + "/publishers/anthropic/models/" + target + std::string(verb));
  call.body.model = counts ? std::move(name) : std::string();
  call.body.anthropic_version = kAnthropicVersion;
  addBetas(request, call);
  return call;
}

}  // namespace

Result<UpstreamCall> callVertex(const CallRequest& request) {
  const model::ProviderSettings& settings = request.provider.settings;
  if (request.operation.action == Action::ListModels) {
    UpstreamCall call = listCall(request, request.endpoint.vendor->models_path);
    call.path += "?pageSize=1";
    // Whose quota the question counts against.
    if (!settings.project.empty()) call.headers.add("x-goog-user-project", settings.project);
    return call;
  }
  if (settings.project.empty() || settings.location.empty()) {
    return internalError("provider " + request.provider.id + " has no project or no location");
  }
  const std::string place = placeOf(settings);
  switch (dialectOf(*request.endpoint.vendor, request.model)) {
    case model::Dialect::Gemini: return callGemini(request, place);
    case model::Dialect::Anthropic: return callClaude(request, place);
    case model::Dialect::OpenAi:
      if (request.operation.action != Action::Chat) return unsupported(request);
      return startCall(request, place + "/endpoints/openapi/chat/completions");
    case model::Dialect::OpenAiResponses:
    case model::Dialect::Bedrock: break;
  }
  return unsupported(request);
}

}  // namespace penstock::provider
