#pragma once

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "demo/chat_request.h"
#include "json/document.h"

namespace penstock::demo {

// A chat request read from JSON text, together with the document that it points into.
struct ReadRequest {
  explicit ReadRequest(std::string_view text) : document(json::parse(text).value()) {
    auto read = readChatRequest(document.root());
    INFO(text);
    REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
    request = *std::move(read);
  }
  json::Document document;
  ChatRequest request;
};

// A request of one user message, with more members as JSON: `"max_tokens":5`.
inline ReadRequest userSays(std::string_view message, std::string_view more = "") {
  std::string text = R"({"model":"demo-chat","messages":[{"role":"user","content":")";
  text += message;
  text += "\"}]";
  if (!more.empty()) text += "," + std::string(more);
  return ReadRequest(text + "}");
}

}  // namespace penstock::demo
