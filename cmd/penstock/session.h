#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "api_client.h"
#include "exit_codes.h"
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

// What every command that talks to the gateway has: where it is, with which key, and how to print.
class Session {
 public:
  // Adds --url, --key, --key-file, --ca-file and --json.
  static std::shared_ptr<Session> of(CLI::App& command);

  // The failure is exit code 1 with the API's message, or 3 when nobody answers.
  Outcome<Reply> call(const std::string& method, const std::string& path,
                      const std::string& body = {}) const;
  Outcome<Reply> get(const std::string& path, const Query& query = {}) const;
  // All pages of a list as one, at most `limit` items when that is given.
  Outcome<Reply> list(const std::string& path, Query query, std::optional<size_t> limit = {}) const;
  // The id of a provider that is named by id or name.
  Outcome<std::string> providerId(const std::string& named) const;

  // The API's JSON with --json, else something for people.
  void printTable(const Reply& reply, std::span<const Column> columns) const;
  void printOne(const Reply& reply, std::span<const Column> columns) const;
  // Alone on standard output, so that scripts may take it: KEY=$(penstock key create …).
  void printSecret(const Reply& reply, const std::string& note) const;
  void printDone(const Reply& reply, const std::string& message) const;

 private:
  Outcome<Secret> key() const;

  std::string url_ = "http://127.0.0.1:5100";
  std::string key_;
  std::string key_file_;
  std::string ca_file_;
  bool json_ = false;
};

// Makes the command do this when it is given, and exit accordingly.
using Action = std::function<Outcome<Unit>(const Session&)>;
void onRun(CLI::App& command, const std::shared_ptr<Session>& session, int& exit_code,
           Action action);

// Writes one JSON object; fields that are absent are left out.
class BodyBuilder {
 public:
  BodyBuilder() : writer_(text_) { writer_.beginObject(); }
  template <typename T>
  BodyBuilder& add(std::string_view name, const std::optional<T>& value) {
    if (value) writer_.field(name, *value);
    return *this;
  }
  BodyBuilder& raw(std::string_view name, const std::optional<std::string>& json) {
    if (json) writer_.rawField(name, *json);
    return *this;
  }
  std::string text() {
    writer_.endObject();
    return std::move(text_);
  }

 private:
  std::string text_;
  json::Writer writer_;
};

}  // namespace penstock::cli
