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

// Where a new object is made: at a provider, or here.
struct Place {
  const model::Provider* provider = nullptr;  // of the snapshot; null: here
};

// Whether it could be done here: a file that requests may name can be kept; a batch, and a file
// that a batch can be made of, executed.
enum class Here : uint8_t { Never, Keeps, Executes };
// Of a file of OpenAI's with that purpose.
Here hereFor(std::string_view purpose);

// It is done here when the caller says so (X-Penstock-Provider: local, or ?provider=), when its
// project has guardrails, or when the provider that is named, else the default one of OpenAI or
// Azure, or of Anthropic, has no files or batches of its own or does not exist. The demo takes
// OpenAI's where it is the only provider. What cannot be done here is refused then:
// InvalidRequest/"unknown_provider" and "no_provider".
Result<Place> choosePlace(const Caller& caller, const RelayOperation& operation,
                          const http::Request& request, Here here);

// What POST /files says of the file. Views point into the request.
struct Upload {
  std::string purpose, name;
  std::string_view media_type, content;
};
Result<Upload> readUpload(const http::Request& request);

// What POST /batches names: {"input_file_id","endpoint",…}.
struct BatchOrder {
  std::string input_file_id, endpoint;
  std::string window;    // completion_window; empty where it says none
  std::string metadata;  // raw JSON; empty where there is none
};
Result<BatchOrder> readBatchOrder(std::string_view body);
// Whether a batch of that kind can be executed here; InvalidRequest naming what is wrong with it.
Status checkLocalOrder(const BatchOrder& order);

// What the requests of a batch that is executed here are made with: what its own request says of
// who asks, and in which version of the API.
http::Headers headersForLines(const http::HeaderList& headers);

// What DELETE answers of an object that was kept here.
std::string renderDeleted(const RelayOperation& operation, std::string_view id);

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
