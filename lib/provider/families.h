#pragma once

#include <string>
#include <string_view>

#include "provider/call.h"

// Private to provider/: one function a family of vendors, each in its own file.
namespace penstock::provider {

// What a family's function is given, and makes a call of.
struct CallRequest {
  const model::Provider& provider;
  const Endpoint& endpoint;
  const Operation& operation;
  std::string_view model;
};

Result<UpstreamCall> callOpenAi(const CallRequest& request);
Result<UpstreamCall> callAnthropic(const CallRequest& request);
Result<UpstreamCall> callGoogle(const CallRequest& request);
Result<UpstreamCall> callVertex(const CallRequest& request);
Result<UpstreamCall> callAzure(const CallRequest& request);
Result<UpstreamCall> callBedrock(const CallRequest& request);

// A call to `path` below the provider's base URL, in the model's dialect, with the model in the
// body.
UpstreamCall startCall(const CallRequest& request, std::string_view path);
// GET of the vendor's list of models.
UpstreamCall listCall(const CallRequest& request, std::string_view path);
ApiError unsupported(const CallRequest& request);

// Google's "models/NAME:verb" of an operation in Gemini's dialect, with its query; empty when there
// is none.
std::string_view geminiVerb(const Operation& operation);

// Sorts the caller's betas: those that the vendor takes, in order, each once. The others go to
// call.dropped_betas.
std::vector<std::string> allowedBetas(const CallRequest& request, UpstreamCall& call);
// The same as the header `anthropic-beta`, which is there if any are.
void addBetas(const CallRequest& request, UpstreamCall& call);

}  // namespace penstock::provider
