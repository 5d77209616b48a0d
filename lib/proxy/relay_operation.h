#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "batch/desk.h"
#include "dialect/dialect.h"
#include "http/message.h"
#include "model/relayed_object.h"
#include "proxy/admission.h"

namespace penstock::proxy {

enum class RelayVerb : uint8_t { Create, List, Show, Content, Cancel, Delete };

// Which of the operations on files and batches a route is.
struct RelayOperation {
  model::ObjectSurface surface = model::ObjectSurface::OpenAi;
  model::ObjectKind kind = model::ObjectKind::File;
  RelayVerb verb = RelayVerb::Show;

  dialect::Dialect dialect() const;
  // "files.create", for the log.
  std::string endpointName() const;
  // At the provider, below the API's version; `id` is one that isObjectId() takes.
  std::string upstreamPath(std::string_view id) const;
};

// The provider that new objects are made at: the one that the caller names in X-Penstock-Provider
// (or ?provider=), else the default one of OpenAI, Azure or the demo's, or of Anthropic.
// InvalidRequest/"unknown_provider" and "no_provider".
Result<const model::Provider*> chooseProvider(const Caller& caller, const RelayOperation& operation,
                                              const http::Request& request);

// What POST /files says of the file, and what a batch of it may cost. The whole file is read: not
// on a loop.
struct Upload {
  std::string purpose;
  std::optional<batch::Plan> plan;  // of a batch's input
};
Result<Upload> readUpload(const http::Request& request, const batch::Pricing& pricing);

// What POST /batches names: {"input_file_id","endpoint",…}.
struct BatchOrder {
  std::string input_file_id, endpoint;
};
Result<BatchOrder> readBatchOrder(std::string_view body);

// The page that a list asks for; InvalidRequest for limits and orders that are none.
Result<batch::Desk::Query> readListQuery(const RelayOperation& operation,
                                         const http::Request& request);
std::string renderObjectList(const RelayOperation& operation, const batch::Desk::Listed& listed,
                             const http::Request& request);

// An object as the caller is to see it: results_url of Anthropic's batches leads here, where its
// key is good, and not to the provider.
std::string objectForCaller(const RelayOperation& operation, std::string_view object,
                            const http::Request& request);

}  // namespace penstock::proxy
