// Gemini by Google AI Studio: the model and the verb are in the path.
#include "base/percent.h"
#include "provider/families.h"

namespace penstock::provider {

std::string_view geminiVerb(const Operation& operation) {
  switch (operation.action) {
    case Action::Chat:
      // Without alt=sse a stream is a JSON array.
      return operation.stream ? ":streamGenerateContent?alt=sse" : ":generateContent";
    case Action::Embeddings: return ":batchEmbedContents";
    case Action::EmbedContent: return ":embedContent";
    case Action::CountTokens: return ":countTokens";
    default: return {};  // what is OpenAI's alone, and the list, which is asked for elsewhere
  }
}

Result<UpstreamCall> callGoogle(const CallRequest& request) {
  if (request.operation.action == Action::ListModels) {
    return listCall(request, request.endpoint.vendor->models_path);
  }
  const std::string_view verb = geminiVerb(request.operation);
  if (verb.empty()) return unsupported(request);
  // Google's SDKs say "models/gemini-…" too.
  std::string_view model = request.model;
  if (model.starts_with("models/")) model.remove_prefix(7);
  const std::string name = "v1beta/models/" + percentEncode(model);
  UpstreamCall call = startCall(request, name + std::string(verb));
  call.body.model.clear();
  call.body.stream = false;
  return call;
}

}  // namespace penstock::provider
