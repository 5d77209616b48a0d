#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/call.h"

namespace penstock::provider {

// A call whose path and body are the caller's affair: files and batches of a vendor whose own API
// the caller speaks.
struct RelayOperation {
  std::string_view method = "GET";
  // Below the API's version: "files/file-1/content". Made of what is fit for a path already.
  std::string_view path;
  // Headers of Anthropic's callers, passed on as they are; empty: the provider's own version.
  std::string_view anthropic_version = {};
  std::string_view anthropic_beta = {};
};

// Whether the vendor has files and batches in that dialect: OpenAI's, those that speak its dialect,
// and Azure; Anthropic's own.
bool hasRelay(const model::Vendor& vendor, model::Dialect dialect);

// Whether it has batches too, as far as its documents say: most who speak OpenAI's dialect have
// not, or others than OpenAI's.
bool hasBatches(const model::Vendor& vendor, model::Dialect dialect);

// The head of the call; authorize() comes last, as with prepare(). Unprocessable/
// "unsupported_operation" where hasRelay() says no.
Result<UpstreamCall> prepareRelay(const model::Provider& provider, const Endpoint& endpoint,
                                  const RelayOperation& operation);

}  // namespace penstock::provider
