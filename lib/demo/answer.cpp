#include "demo/answer.h"

#include <fmt/format.h>

#include "base/text.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

std::string_view typeOfStatus(int status) {
  switch (status) {
    case 401: return "authentication_error";
    case 403: return "permission_error";
    case 429: return "rate_limit_error";
    default: return status >= 500 ? "server_error" : "invalid_request_error";
  }
}

http::Response answerOf(int status, std::string body) {
  http::Response response = jsonAnswer(std::move(body));
  response.status = status;
  return response;
}

}  // namespace

std::string errorBody(std::string_view message, std::string_view type, std::string_view code,
                      std::string_view param) {
  std::string body;
  json::Writer writer(body);
  writer.beginObject().key("error").beginObject();
  writer.field("message", message).field("type", type).key("param");
  param.empty() ? writer.null() : writer.value(param);
  writer.key("code");
  code.empty() ? writer.null() : writer.value(code);
  writer.endObject().endObject();
  return body;
}

http::Response jsonAnswer(std::string body) {
  http::Response response;
  response.body = std::move(body);
  return response;
}

http::Response errorAnswer(const ApiError& error) {
  const int status = httpStatus(error.kind);
  return answerOf(status,
                  errorBody(error.message, typeOfStatus(status), error.code, paramOf(error.param)));
}

http::Response faultAnswer(int status) {
  const auto message = fmt::format("The demo provider was asked to answer {} ({}).", status,
                                   http::reasonPhrase(status));
  return answerOf(status, errorBody(message, typeOfStatus(status), "demo_fault", ""));
}

std::string paramOf(std::string_view pointer) {
  std::string param;
  if (pointer.starts_with('/')) pointer.remove_prefix(1);
  if (pointer.empty()) return param;
  split(pointer, '/', [&](std::string_view part) {
    if (parseUnsigned(part)) {
      param += fmt::format("[{}]", part);
    } else {
      if (!param.empty()) param += '.';
      param += part;
    }
  });
  return param;
}

ApiError unknownModel(std::string_view model, std::string_view hint) {
  return {
      .kind = ErrorKind::NotFound,
      .code = "model_not_found",
      .message = fmt::format("The model '{}' does not exist here; {}.", model.substr(0, 80), hint),
      .param = "/model"};
}

}  // namespace penstock::demo
