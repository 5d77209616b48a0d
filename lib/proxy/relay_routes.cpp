#include "proxy/relay_routes.h"

#include "proxy/relay.h"

namespace penstock::proxy {
namespace {

using model::ObjectKind;
using model::ObjectSurface;

http::Handler relay(const LoopContextOf& context_of, RelayOperation operation,
                    const std::string& base) {
  const bool shared = base == "/v1" && operation.kind == ObjectKind::File;
  return [context_of, operation, shared](const http::ExchangePtr& exchange) {
    RelayOperation meant = operation;
    if (shared && exchange->request().headers.has("anthropic-version"))
      meant.surface = ObjectSurface::Anthropic;
    std::make_shared<Relay>(context_of(exchange->loop()), exchange, meant)->run();
  };
}

struct Row {
  const char* method;
  const char* path;
  ObjectKind kind;
  RelayVerb verb;
};
constexpr Row kFiles[] = {
    {"POST", "/files", ObjectKind::File, RelayVerb::Create},
    {"GET", "/files", ObjectKind::File, RelayVerb::List},
    {"GET", "/files/{id}", ObjectKind::File, RelayVerb::Show},
    {"GET", "/files/{id}/content", ObjectKind::File, RelayVerb::Content},
    {"DELETE", "/files/{id}", ObjectKind::File, RelayVerb::Delete},
};
constexpr Row kBatches[] = {
    {"POST", "/batches", ObjectKind::Batch, RelayVerb::Create},
    {"GET", "/batches", ObjectKind::Batch, RelayVerb::List},
    {"GET", "/batches/{id}", ObjectKind::Batch, RelayVerb::Show},
    {"POST", "/batches/{id}/cancel", ObjectKind::Batch, RelayVerb::Cancel},
};
constexpr Row kMessageBatches[] = {
    {"POST", "/messages/batches", ObjectKind::Batch, RelayVerb::Create},
    {"GET", "/messages/batches", ObjectKind::Batch, RelayVerb::List},
    {"GET", "/messages/batches/{id}", ObjectKind::Batch, RelayVerb::Show},
    {"GET", "/messages/batches/{id}/results", ObjectKind::Batch, RelayVerb::Content},
    {"POST", "/messages/batches/{id}/cancel", ObjectKind::Batch, RelayVerb::Cancel},
    {"DELETE", "/messages/batches/{id}", ObjectKind::Batch, RelayVerb::Delete},
};

}  // namespace

std::vector<http::Route> relayRoutes(const LoopContextOf& context_of) {
  std::vector<http::Route> routes;
  const auto add = [&](const std::string& base, ObjectSurface surface, const auto& rows) {
    for (const Row& row : rows) {
      routes.push_back(
          {row.method, base + row.path, relay(context_of, {surface, row.kind, row.verb}, base)});
    }
  };
  for (const char* base : {"/v1", "/openai/v1"}) {
    add(base, ObjectSurface::OpenAi, kFiles);
    add(base, ObjectSurface::OpenAi, kBatches);
  }
  for (const char* base : {"/anthropic/v1", "/v1"})
    add(base, ObjectSurface::Anthropic, kMessageBatches);
  add("/anthropic/v1", ObjectSurface::Anthropic, kFiles);
  return routes;
}

}  // namespace penstock::proxy
