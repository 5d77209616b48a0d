#include "session.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/percent.h"
#include "base/text.h"

namespace penstock::cli {
namespace {

constexpr size_t kPage = 200;

// "message (code)", and a line for each further field.
std::string describe(const ApiAnswer& answer, const json::ValueRef& root) {
  const auto error = root.find("error");
  if (!error) return "the gateway answered " + std::to_string(answer.status);
  std::string text = printable(error->stringAt("message").value_or("no message"));
  text += " (" + printable(error->stringAt("code").value_or("no code")) + ")";
  const auto fields = error->find("errors");
  if (!fields || fields->size() < 2) return text;
  for (const json::ValueRef field : fields->elements()) {
    text += "\n  " + printable(field.stringAt("param").value_or("")) + ": " +
            printable(field.stringAt("message").value_or(""));
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

Outcome<std::string> readSource(const std::string& name) {
  // Opening a folder succeeds, and reading it throws.
  std::error_code unknown;
  if (name != "-" && std::filesystem::is_directory(name, unknown)) {
    return Failure{kUsage, name + " is a folder"};
  }
  std::ifstream file;
  if (name != "-") file.open(name);
  std::istream& in = name == "-" ? std::cin : file;
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (in.bad() || (name != "-" && !file.is_open())) return Failure{kUsage, "cannot read " + name};
  return text;
}

Outcome<Secret> Session::key() const {
  if (!options_.key.empty()) return Secret(options_.key);
  if (options_.key_file.empty()) {
    return Failure{kUsage, "no management key: set PENSTOCK_MANAGEMENT_KEY or give --key-file"};
  }
  std::ifstream file(options_.key_file);
  if (!file) return Failure{kUsage, "cannot read " + options_.key_file};
  return Secret(readAll(file));
}

Outcome<ApiAnswer> Session::send(const std::string& method, const std::string& path,
                                 const std::string& body) const {
  auto key = this->key();
  if (!key) return std::move(key).error();
  return ApiClient(options_.url, *std::move(key), options_.ca_file).send(method, path, body);
}

Failure Session::notOurs(int status) const {
  return {kRefused, "what answers at " + options_.url + " is no Penstock management API (status " +
                        std::to_string(status) + ")"};
}

Outcome<Reply> Session::call(const std::string& method, const std::string& path,
                             const std::string& body) const {
  auto answer = send(method, path, body);
  if (!answer) return std::move(answer).error();
  auto document = json::parse(answer->body, {}, "the answer");
  if (!document) return notOurs(answer->status);
  const bool good = answer->status < 300 && document->root().find("data");
  if (!good) return Failure{kRefused, describe(*answer, document->root())};
  return Reply{std::move(answer->body), *std::move(document)};
}

Outcome<std::string> Session::text(const std::string& method, const std::string& path) const {
  auto answer = send(method, path, {});
  if (!answer) return std::move(answer).error();
  if (answer->status < 300) return std::move(answer->body);
  const auto document = json::parse(answer->body, {}, "the answer");
  if (!document) return notOurs(answer->status);
  return Failure{kRefused, describe(*answer, document->root())};
}

Outcome<Unit> Session::follow(const std::string& path,
                              const std::function<bool(const http::SseEvent&)>& each) const {
  auto key = this->key();
  if (!key) return std::move(key).error();
  http::SseLexer lexer;
  bool more = true;
  const auto answer =
      ApiClient(options_.url, *std::move(key), options_.ca_file)
          .follow(path, [&](std::string_view bytes) {
            const bool good =
                lexer.feed(bytes, [&](const http::SseEvent& event) { more = more && each(event); });
            return good && more;
          });
  if (!answer) return answer.error();
  if (answer->status < 300) return Unit{};
  const auto document = json::parse(answer->body, {}, "the answer");
  if (!document) return notOurs(answer->status);
  return Failure{kRefused, describe(*answer, document->root())};
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

void Session::print(const Reply& reply, const std::string& for_people) const {
  if (json()) {
    std::cout << reply.text << "\n";
  } else {
    std::cout << for_people;
  }
}

}  // namespace penstock::cli
