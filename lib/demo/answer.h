#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace penstock::demo {

// {"error":{"message","type","param","code"}} in OpenAI's words, with the status of the error's
// kind and Retry-After where it is known.
http::Response errorAnswer(const ApiError& error);

// The same for a status that was asked for as a fault.
http::Response faultAnswer(int status);

// The error object alone, for an event in mid-stream.
std::string errorBody(std::string_view message, std::string_view type, std::string_view code,
                      std::string_view param);

http::Response jsonAnswer(std::string body);

// A JSON pointer as OpenAI spells the place: "/messages/0/role" → "messages[0].role".
std::string paramOf(std::string_view pointer);

// 404 model_not_found.
ApiError unknownModel(std::string_view model, std::string_view hint);

}  // namespace penstock::demo
