#pragma once

#include <errno.h>
#include <fcntl.h>
#include <httplib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/text.h"
#include "json/writer.h"

// What the tests exchanged with the management API, one JSON line each, for
// tests/openapi/validate.mjs to hold against the document. Only where PENSTOCK_RECORD_DIR names a
// folder, which is one of the build's: answers hold the keys of stores that are gone by then.
namespace penstock::test {

inline bool isOfManagementApi(const std::string& path) {
  return path.starts_with("/manage/v1/") || path.starts_with("/api/manage/v1/") ||
         path.starts_with("/openapi");
}

inline std::string exchangeLine(const httplib::Request& request, const httplib::Response& answer) {
  std::string line;
  json::Writer out(line);
  out.beginObject().field("method", request.method).field("path", request.path);
  // Refused bodies tell nothing: they are wrong on purpose.
  const bool accepted = answer.status >= 200 && answer.status < 300;
  out.field("request_body", accepted ? request.body : "").field("status", answer.status);
  out.key("headers").beginObject();
  for (const char* name : {"Content-Type", "ETag", "Request-Id", "X-Modelux-Request-Id",
                           "Retry-After", "Idempotent-Replayed", "WWW-Authenticate"}) {
    if (answer.has_header(name)) out.field(asciiLower(name), answer.get_header_value(name));
  }
  out.endObject().field("body", answer.body).endObject();
  return line + "\n";
}

// The process's own file, begun anew; -1 when nothing is to be recorded.
inline int openExchangeLog() {
  const char* folder = std::getenv("PENSTOCK_RECORD_DIR");
  if (folder == nullptr || *folder == '\0') return -1;
  std::filesystem::create_directories(folder);
  const std::string path = std::string(folder) + "/" + program_invocation_short_name + ".jsonl";
  return ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
}

// From any thread: a line is one write to a file opened for appending.
inline void recordExchange(const httplib::Request& request, const httplib::Response& answer) {
  static const int file = openExchangeLog();
  if (file < 0 || !isOfManagementApi(request.path)) return;
  const std::string line = exchangeLine(request, answer);
  [[maybe_unused]] const ssize_t written = ::write(file, line.data(), line.size());
}

}  // namespace penstock::test
