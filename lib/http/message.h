#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/headers.h"

namespace penstock::http {

// Headers that were received, in order of arrival. Values are views; whoever owns the head owns the
// bytes.
class HeaderList {
 public:
  void add(std::string_view name, std::string_view value) { fields_.push_back({name, value}); }
  void clear() { fields_.clear(); }
  // The first value of that name (any case), or an empty view when absent.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  size_t count(std::string_view name) const;
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }

 private:
  std::vector<HeaderView> fields_;
};

// A complete request. Lives in its Exchange; views are valid until releaseRequest().
struct Request {
  std::string_view method;
  std::string_view
      target;  // as received: path and query; may hold a secret in its query, never log it
  std::string_view path;   // without the query, not decoded
  std::string_view query;  // without the '?'
  HeaderList headers;
  std::string_view body;
  std::string_view
      peer;             // the socket's peer address, e.g. "127.0.0.1" or "::1"; never from a header
  bool secure = false;  // arrived over TLS
  SteadyTime received;  // when the head was complete
  std::vector<std::pair<std::string_view, std::string>> params;  // path parameters, percent-decoded

  std::string_view param(std::string_view name) const;
  // The percent-decoded value of a query parameter ('+' means a space), or an empty string.
  std::string queryParam(std::string_view name) const;
};

// A whole answer.
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
};

// The reason phrase of a status, or "Unknown".
std::string_view reasonPhrase(int status);

}  // namespace penstock::http
