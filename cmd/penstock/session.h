#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api_client.h"
#include "exit_codes.h"
#include "http/sse.h"
#include "json/document.h"
#include "json/writer.h"
#include "table.h"

namespace penstock::cli {

// A successful answer: the text as the API gave it, and its `data`.
struct Reply {
  std::string text;
  json::Document document;

  json::ValueRef data() const { return *document.root().find("data"); }
};

template <typename T>
using Outcome = Result<T, Failure>;

using Query = std::vector<std::pair<std::string, std::string>>;

// Where the gateway is, with which key, and how to print: --url and so on (session_options.h).
struct SessionOptions {
  std::string url = "http://127.0.0.1:5100";
  std::string key;
  std::string key_file;
  std::string ca_file;
  bool json = false;
};

// What every command that talks to the gateway has.
class Session {
 public:
  explicit Session(SessionOptions options) : options_(std::move(options)) {}

  // The failure is exit code 1 with the API's message, or 3 when nobody answers. Changes carry a
  // random Idempotency-Key, and any call is sent once more when its connection breaks.
  Outcome<Reply> call(const std::string& method, const std::string& path,
                      const std::string& body = {}) const;
  // The same for an answer that is no JSON.
  Outcome<std::string> text(const std::string& method, const std::string& path) const;
  // The events of an answer that goes on, until it ends or `each` says that it is enough: to each
  // block of the stream, comments included.
  Outcome<Unit> follow(const std::string& path,
                       const std::function<bool(const http::SseEvent&)>& each) const;
  Outcome<Reply> get(const std::string& path, const Query& query = {}) const;
  // All pages of a list as one, at most `limit` items when that is given.
  Outcome<Reply> list(const std::string& path, Query query, std::optional<size_t> limit = {}) const;
  // The id of a provider that is named by id or name.
  Outcome<std::string> providerId(const std::string& named) const;

  bool json() const { return options_.json; }
  // The API's JSON with --json, else what is for people.
  void print(const Reply& reply, const std::string& for_people) const;

 private:
  Outcome<Secret> key() const;
  Outcome<ApiAnswer> send(const std::string& method, const std::string& path,
                          const std::string& body) const;
  Failure notOurs(int status) const;

  SessionOptions options_;
};

std::string withQuery(const std::string& path, const Query& query);

// FILE whole, or standard input for "-".
Outcome<std::string> readSource(const std::string& name);

}  // namespace penstock::cli
