// Amazon Bedrock by its Converse API.
#include "base/percent.h"
#include "provider/families.h"

namespace penstock::provider {
namespace {

// Models are listed by the control plane, which lives beside the runtime.
UpstreamCall listModels(const CallRequest& request) {
  constexpr std::string_view kRuntime = "bedrock-runtime.";
  UpstreamCall call = listCall(request, request.endpoint.vendor->models_path);
  if (call.origin.host.starts_with(kRuntime)) {
    call.origin.host.replace(0, kRuntime.size(), "bedrock.");
    call.origin.host_header.replace(0, kRuntime.size(), "bedrock.");
  }
  return call;
}

std::string_view verbOf(const Operation& operation) {
  switch (operation.action) {
    case Action::Chat: return operation.stream ? "converse-stream" : "converse";
    case Action::Embeddings:
    case Action::EmbedContent: return "invoke";
    case Action::CountTokens: return "count-tokens";
    default: return {};  // what is OpenAI's alone, and the list, which is asked for elsewhere
  }
}

}  // namespace

Result<UpstreamCall> callBedrock(const CallRequest& request) {
  if (request.operation.action == Action::ListModels) return listModels(request);
  const std::string_view verb = verbOf(request.operation);
  if (verb.empty()) return unsupported(request);
  // "anthropic.claude-x-v1:0" and ARNs with slashes are one segment: %3A and %2F.
  const std::string model = "model/" + percentEncode(request.model) + "/";
  UpstreamCall call = startCall(request, model + std::string(verb));
  call.body.model.clear();
  call.body.stream = false;
  call.body.betas = allowedBetas(request, call);
  return call;
}

}  // namespace penstock::provider
