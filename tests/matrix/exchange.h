#pragma once

#include <string>
#include <string_view>

#include "json/scan.h"
#include "json/splice.h"
#include "json/writer.h"
#include "matrix/cells.h"
#include "unit/dialect/aws_frames.h"

namespace penstock::test::matrix {

// What became of a cell: what the provider was sent and what the caller was answered.
struct Exchange {
  bool asked = false;  // the provider was
  std::string target;  // "POST /v1/messages"
  std::string sent;    // body
  int status = 0;
  std::string type, dropped, answer;  // Content-Type, X-Penstock-Dropped, body
};

// What the provider says, in a shape that was recorded of one.
struct Recorded {
  int status = 200;
  std::string type;
  std::string body;
};

inline Recorded recordedOf(const Cell& cell) {
  const fs::path folder = cell.answered();
  if (!cell.stream) {
    if (!cell.fails()) return {200, "application/json", readFile(folder / "provider_answer.json")};
    return {std::stoi(readFile(folder / "status")), "application/json",
            readFile(folder / "provider_error.json")};
  }
  if (cell.spoken() != Dialect::Bedrock)
    return {200, "text/event-stream", readFile(folder / "provider_stream.sse")};
  return {200, "application/vnd.amazon.eventstream",
          framesOf(readFile(folder / "provider_stream.frames"))};
}

// The caller's body: the case's, asking for that model, and to stream or not.
inline std::string requestOf(const Cell& cell, const std::string& model) {
  const std::string text = cell.request();
  json::ObjectIndex members;
  if (!json::scanObject(text, members)) return {};
  json::Splicer splicer(members);
  for (size_t i = 0; i < members.size(); ++i) {
    const std::string_view key = members[i].key;
    if (key == "model") splicer.replaceValue(i, json::quoted(model));
    if (key == "stream" || (key == "stream_options" && !cell.stream)) splicer.removeMember(i);
  }
  // Google's callers say it in the URL.
  if (cell.stream && cell.surface->dialect != Dialect::Gemini)
    splicer.appendMember("stream", "true");
  return splicer.build().str();
}

}  // namespace penstock::test::matrix
