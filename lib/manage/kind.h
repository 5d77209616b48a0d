#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"
#include "json/writer.h"
#include "manage/answers.h"
#include "manage/resource.h"
#include "store/tables.h"

namespace penstock::manage {

// What the conventions need to know of a type of resource. With it they hold for the resource by
// construction: isolation of projects, 404s, ETags and If-Match, audit entries, webhook events.
template <typename T>
struct Kind {
  std::string_view type;  // "api_key": in errors, audit entries and events
  // The project that it belongs to; empty: the organization.
  std::string_view (*project)(const T&);
  // As the API shows it, which holds no secret: it goes to the audit log too.
  void (*write)(json::Writer&, const T&, UnixMillis now);
  // What a path names; nothing when it is not there any more.
  std::optional<T> (*find)(store::Tables&, const Call&, std::string_view named);
  // The validator of its state, without quotes; null: a hash of what write() writes.
  std::string (*version)(const T&) = nullptr;
};

template <typename T>
std::string_view ofOrganization(const T&) {
  return {};
}

template <typename T>
std::string jsonOf(const Kind<T>& kind, const T& value, UnixMillis now) {
  std::string text;
  json::Writer out(text);
  kind.write(out, value, now);
  return text;
}

// The ETag of a state, with its quotes.
std::string etagOf(std::string_view object_json);
template <typename T>
std::string etagOf(const Kind<T>& kind, const T& value, std::string_view object_json) {
  return kind.version == nullptr ? etagOf(object_json) : '"' + kind.version(value) + '"';
}

// {"data":{…}} with that ETag.
http::Response taggedAnswer(int status, std::string_view object_json, std::string_view etag);

template <typename T>
http::Response objectAnswer(int status, const Kind<T>& kind, const T& value, UnixMillis now) {
  const std::string json = jsonOf(kind, value, now);
  return taggedAnswer(status, json, etagOf(kind, value, json));
}

// The same with one more field, which holds a secret that is shown this once.
std::string withField(std::string object_json, std::string_view field, std::string_view text);
template <typename T>
http::Response secretAnswer(int status, const Kind<T>& kind, const T& value, UnixMillis now,
                            std::string_view field, std::string_view secret) {
  const std::string json = jsonOf(kind, value, now);
  return taggedAnswer(status, withField(json, field, secret), etagOf(kind, value, json));
}

// What `named` stands for, if the caller may know of it; else 404.
template <typename T>
Result<T> findVisible(const Kind<T>& kind, store::Tables& tables, const Call& call,
                      std::string_view named) {
  auto found = kind.find(tables, call, named);
  if (!found || !call.sees(kind.project(*found))) {
    return notFound(std::string(kind.type), std::string(named));
  }
  return *std::move(found);
}

// GET of one.
template <typename T>
Answer showOne(const Kind<T>& kind, Services& services, const Call& call, std::string_view param) {
  const auto found = services.config.store().read([&](store::Tables& tables) {
    return findVisible(kind, tables, call, call.request.param(param));
  });
  if (!found) return found.error();
  return objectAnswer(kOk, kind, *found, call.now);
}

// GET of a page, in the order of the ids.
template <typename T>
http::Response pageAnswer(std::string_view list, const Kind<T>& kind, const store::Page<T>& page,
                          UnixMillis now) {
  return pageAnswer(list, page,
                    [&](json::Writer& out, const T& item) { kind.write(out, item, now); });
}

}  // namespace penstock::manage
