// OpenAI and the many that speak its dialect: {base}/chat/completions and so on.
#include "provider/families.h"

namespace penstock::provider {

Result<UpstreamCall> callOpenAi(const CallRequest& request) {
  switch (request.operation.action) {
    case Action::Chat: return startCall(request, "chat/completions");
    case Action::Embeddings:
    case Action::EmbedContent: return startCall(request, "embeddings");
    case Action::Responses: {
      UpstreamCall call = startCall(request, "responses");
      call.dialect = model::Dialect::OpenAiResponses;
      return call;
    }
    case Action::ListModels: return listCall(request, request.endpoint.vendor->models_path);
    case Action::CountTokens: {
      if (!request.endpoint.has_responses) break;
      UpstreamCall call = startCall(request, "responses/input_tokens");
      call.dialect = model::Dialect::OpenAiResponses;
      return call;
    }
    case Action::Moderations:
    case Action::ImageGenerations:
    case Action::ImageEdits:
    case Action::ImageVariations:
    case Action::Speech:
    case Action::Transcriptions:
    case Action::Translations: return startCall(request, mediaPath(request.operation.action));
  }
  return unsupported(request);
}

}  // namespace penstock::provider
