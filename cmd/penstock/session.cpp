#include "session.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/text.h"

namespace penstock::cli {
namespace {

constexpr size_t kPage = 200;

// "message (code)", and a line for each further field.
std::string describe(const ApiAnswer& answer, const json::ValueRef& root) {
  const auto error = root.find("error");
  if (!error) return "the gateway answered " + std::to_string(answer.status);
  std::string text(error->stringAt("message").value_or("no message"));
  text += " (" + std::string(error->stringAt("code").value_or("no code")) + ")";
  const auto fields = error->find("errors");
  if (!fields || fields->size() < 2) return text;
  for (const json::ValueRef field : fields->elements()) {
    text += "\n  " + std::string(field.stringAt("param").value_or("")) + ": " +
            std::string(field.stringAt("message").value_or(""));
  }
  return text;
}

std::string withQuery(const std::string& path, const Query& query) {
  std::string text = path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    text += separator + name + "=" + percentEncode(value);
    separator = '&';
  }
  return text;
}

std::string readAll(std::istream& in) {
  std::string text((std::istreambuf_iterator<char>(in)), {});
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

void appendItems(std::string& items, const json::ValueRef& data, size_t at_most) {
  for (const json::ValueRef item : data.elements()) {
    if (at_most-- == 0) return;
    if (!items.empty()) items += ",";
    item.appendText(items);
  }
}

}  // namespace

std::shared_ptr<Session> Session::of(CLI::App& command) {
  auto session = std::make_shared<Session>();
  command.add_option("--url", session->url_, "Address of the management API")
      ->envname("PENSTOCK_MANAGE_URL")
      ->capture_default_str()
      ->group("Gateway");
  command
      .add_option("--key", session->key_, "Management key (mlx_mk_…); better in the environment")
      ->envname("PENSTOCK_MANAGEMENT_KEY")
      ->group("Gateway");
  command.add_option("--key-file", session->key_file_, "File that holds the management key")
      ->envname("PENSTOCK_MANAGEMENT_KEY_FILE")
      ->group("Gateway");
  command.add_option("--ca-file", session->ca_file_, "PEM bundle to verify an https URL with")
      ->envname("PENSTOCK_CA_FILE")
      ->group("Gateway");
  command.add_flag("--json", session->json_, "Print the API's JSON");
  return session;
}

Outcome<Secret> Session::key() const {
  if (!key_.empty()) return Secret(key_);
  if (key_file_.empty()) {
    return Failure{kUsage, "no management key: set PENSTOCK_MANAGEMENT_KEY or give --key-file"};
  }
  std::ifstream file(key_file_);
  if (!file) return Failure{kUsage, "cannot read " + key_file_};
  return Secret(readAll(file));
}

Outcome<Reply> Session::call(const std::string& method, const std::string& path,
                             const std::string& body) const {
  auto key = this->key();
  if (!key) return std::move(key).error();
  auto answer = ApiClient(url_, *std::move(key), ca_file_).send(method, path, body);
  if (!answer) return std::move(answer).error();
  auto document = json::parse(answer->body, {}, "the answer");
  if (!document) {
    return Failure{kRefused, "what answers at " + url_ + " is no Penstock management API (status " +
                                 std::to_string(answer->status) + ")"};
  }
  const bool good = answer->status < 300 && document->root().find("data");
  if (!good) return Failure{kRefused, describe(*answer, document->root())};
  return Reply{std::move(answer->body), *std::move(document)};
}

Outcome<Reply> Session::get(const std::string& path, const Query& query) const {
  return call("GET", withQuery(path, query));
}

Outcome<Reply> Session::list(const std::string& path, Query query,
                             std::optional<size_t> limit) const {
  std::string items;
  size_t left = limit.value_or(SIZE_MAX);
  bool more = true;
  query.emplace_back("limit", "");
  query.emplace_back("cursor", "");
  while (more && left > 0) {
    query[query.size() - 2].second = std::to_string(std::min(left, kPage));
    auto page = get(path, query);
    if (!page) return page;
    appendItems(items, page->data(), left);
    left -= std::min(left, page->data().size());
    const auto next = page->document.root().stringAt("next_cursor");
    more = next.has_value();
    query.back().second = next.value_or("");
  }
  std::string text = "{\"data\":[" + items + "],\"next_cursor\":";
  text += more ? json::quoted(query.back().second) + ",\"has_more\":true}"
               : std::string("null,\"has_more\":false}");
  auto document = json::parse(text);
  if (!document) return Failure{kRefused, document.error().message};
  return Reply{std::move(text), *std::move(document)};
}

Outcome<std::string> Session::providerId(const std::string& named) const {
  auto all = list("/providers", {});
  if (!all) return std::move(all).error();
  for (const json::ValueRef provider : all->data().elements()) {
    const auto id = provider.stringAt("id");
    if (id == named || provider.stringAt("name") == named) return std::string(id.value_or(""));
  }
  return Failure{kRefused, "there is no provider " + named};
}

void Session::printTable(const Reply& reply, std::span<const Column> columns) const {
  if (json_) {
    std::cout << reply.text << "\n";
  } else {
    std::cout << tableOf(reply.data(), columns);
  }
}

void Session::printOne(const Reply& reply, std::span<const Column> columns) const {
  if (json_) {
    std::cout << reply.text << "\n";
  } else {
    std::cout << fieldsOf(reply.data(), columns);
  }
}

void Session::printSecret(const Reply& reply, const std::string& note) const {
  if (json_) {
    std::cout << reply.text << "\n";
    return;
  }
  std::cout << reply.data().stringAt("key").value_or("") << "\n";
  std::cerr << note << " " << reply.data().stringAt("id").value_or("")
            << "; store the key now, it is not shown again\n";
}

void Session::printDone(const Reply& reply, const std::string& message) const {
  if (json_) {
    std::cout << reply.text << "\n";
  } else {
    std::cout << message << "\n";
  }
}

void onRun(CLI::App& command, const std::shared_ptr<Session>& session, int& exit_code,
           Action action) {
  command.callback([session, &exit_code, action = std::move(action)] {
    const auto outcome = action(*session);
    if (outcome) return;
    std::cerr << "penstock: " << outcome.error().message << "\n";
    exit_code = outcome.error().exit_code;
  });
}

}  // namespace penstock::cli
