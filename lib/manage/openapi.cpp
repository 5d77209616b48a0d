#include "manage/openapi.h"

#include <stdexcept>

#include "base/id.h"
#include "manage/errors.h"
#include "openapi_files.h"

namespace penstock::manage {
namespace {

std::string_view document(std::string_view name) {
  for (const embedded::File& file : embedded::openapi_files()) {
    if (file.name == name) return file.content;
  }
  throw std::logic_error("the OpenAPI document is not embedded");
}

http::Handler serveDocument(std::string_view content) {
  return [content](const http::ExchangePtr& exchange) {
    http::Response response{200, "application/yaml", std::string(content), {}};
    addRequestId(response, newUuid());
    exchange->respond(response);
  };
}

}  // namespace

std::string_view manageDocument() { return document("manage.yaml"); }
std::string_view proxyDocument() { return document("proxy.yaml"); }

std::vector<http::Route> openapiRoutes() {
  return {{"GET", "/openapi.yaml", serveDocument(manageDocument())},
          {"GET", "/openapi-proxy.yaml", serveDocument(proxyDocument())}};
}

}  // namespace penstock::manage
