#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace penstock::manage {

// The one error envelope of the management API (spec/modelux.md 1.4):
//   {"error":{"type":"validation_error","message":"…","code":"validation_error",
//             "param":"/name","resource":"project","id":"proj_…",
//             "errors":[{"param":"/name","message":"is required"}]}}
// of which param, resource, id and errors are there only when they say something. Sets Retry-After
// and WWW-Authenticate where they belong.
http::Response errorResponse(const ApiError& error);

// Every answer carries the request's id, for support and for the log.
void addRequestId(http::Response& response, std::string_view request_id);

// For the listener, the router and the worker pool, whose errors arise before there is an id: gives
// the answer one.
http::Response renderError(const http::Request& request, const ApiError& error);

// All that is wrong with a request in one error: `first`'s fields, then `second`'s, when both are
// validation errors; else the one that failed.
Status bothHold(Status first, Status second);

// 422 about one field.
ApiError fieldError(std::string param, std::string message);

}  // namespace penstock::manage
