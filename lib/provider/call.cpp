#include "provider/call.h"

#include <algorithm>

#include "provider/families.h"

namespace penstock::provider {
namespace {

constexpr size_t kMaxModelName = 512;

// Names go into paths, percent-encoded: a dot segment would lead elsewhere, however it is encoded.
bool fitsInPath(std::string_view model) {
  const bool controls = std::ranges::any_of(model, [](char c) { return c >= 0 && c < ' '; });
  return !model.empty() && model.size() <= kMaxModelName && model != "." && model != ".." &&
         !controls;
}

Result<UpstreamCall> callOf(const CallRequest& request) {
  switch (request.endpoint.vendor->family) {
    case model::Family::OpenAi: return callOpenAi(request);
    case model::Family::Anthropic: return callAnthropic(request);
    case model::Family::Google: return callGoogle(request);
    case model::Family::Vertex: return callVertex(request);
    case model::Family::Azure: return callAzure(request);
    case model::Family::Bedrock: return callBedrock(request);
  }
  return unsupported(request);
}

}  // namespace

model::Dialect dialectOf(const model::Vendor& vendor, std::string_view model) {
  if (vendor.family != model::Family::Vertex) return vendor.dialect;
  if (model.starts_with("claude-") || model.starts_with("anthropic/")) {
    return model::Dialect::Anthropic;
  }
  // "meta/llama-4", "deepseek-ai/deepseek-v3": what other publishers serve there.
  const size_t slash = model.find('/');
  const bool google = slash == std::string_view::npos || model.starts_with("google/");
  return google ? model::Dialect::Gemini : model::Dialect::OpenAi;
}

std::string_view mediaPath(Action action) {
  switch (action) {
    case Action::Moderations: return "moderations";
    case Action::ImageGenerations: return "images/generations";
    case Action::ImageEdits: return "images/edits";
    case Action::ImageVariations: return "images/variations";
    case Action::Speech: return "audio/speech";
    case Action::Transcriptions: return "audio/transcriptions";
    case Action::Translations: return "audio/translations";
    case Action::Chat:
    case Action::Responses:
    case Action::Embeddings:
    case Action::EmbedContent:
    case Action::CountTokens:
    case Action::ListModels: break;
  }
  return {};
}

Result<UpstreamCall> prepare(const model::Provider& provider, const Endpoint& endpoint,
                             const Operation& operation, std::string_view model) {
  if (operation.action != Action::ListModels && !fitsInPath(model)) {
    return invalidRequest("invalid_model", "the model name cannot be sent to the provider",
                          "model");
  }
  return callOf({provider, endpoint, operation, model});
}

UpstreamCall startCall(const CallRequest& request, std::string_view path) {
  UpstreamCall call;
  call.origin = request.endpoint.origin;
  call.path.append(request.endpoint.base_path).append("/").append(path);
  call.dialect = dialectOf(*request.endpoint.vendor, request.model);
  call.body.model = request.model;
  return call;
}

UpstreamCall listCall(const CallRequest& request, std::string_view path) {
  UpstreamCall call;
  call.origin = request.endpoint.origin;
  call.method = "GET";
  // A list that is not below the base URL says so by its slash.
  if (!path.starts_with('/')) call.path.append(request.endpoint.base_path).append("/");
  call.path += path;
  call.dialect = request.endpoint.vendor->dialect;
  return call;
}

ApiError unsupported(const CallRequest& request) {
  const char* what = "this operation";
  switch (request.operation.action) {
    case Action::Chat: what = "chat"; break;
    case Action::Responses: what = "the Responses API"; break;
    case Action::Embeddings:
    case Action::EmbedContent: what = "embeddings"; break;
    case Action::CountTokens: what = "counting tokens"; break;
    case Action::ListModels: what = "listing models"; break;
    case Action::Moderations: what = "moderation"; break;
    case Action::ImageGenerations: what = "making images"; break;
    case Action::ImageEdits: what = "editing images"; break;
    case Action::ImageVariations: what = "variations of images"; break;
    case Action::Speech: what = "speech"; break;
    case Action::Transcriptions: what = "transcriptions"; break;
    case Action::Translations: what = "translations of speech"; break;
  }
  return {ErrorKind::Unprocessable, "unsupported_operation",
          std::string(request.endpoint.vendor->name) + " has no endpoint for " + what};
}

}  // namespace penstock::provider
