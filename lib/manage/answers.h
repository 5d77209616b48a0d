#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"
#include "json/writer.h"
#include "manage/cursor.h"
#include "store/page.h"

namespace penstock::manage {

constexpr int kOk = 200;
constexpr int kCreated = 201;

// {"data": …}, whatever `write` writes as one value.
http::Response dataAnswer(int status, const std::function<void(json::Writer&)>& write);

// {"data":{"id":"…","deleted":true}}
http::Response deletedAnswer(std::string_view id);

// {"data":[…],"next_cursor":…,"has_more":…}; `write_items` writes the array's elements.
http::Response listAnswer(const std::function<void(json::Writer&)>& write_items,
                          const std::optional<std::string>& next_cursor);

// The same for a page of things that have an id, in the order of their ids.
template <typename T, typename Write>
http::Response pageAnswer(std::string_view list, const store::Page<T>& page, const Write& write) {
  std::optional<std::string> next;
  if (page.has_more) next = encodeCursor(list, page.items.back().id);
  return listAnswer(
      [&](json::Writer& out) {
        for (const T& item : page.items) write(out, item);
      },
      next);
}

// ISO 8601, or null.
void writeTime(json::Writer& out, std::string_view name, std::optional<UnixMillis> time);
// Null where there is no text.
void writeText(json::Writer& out, std::string_view name, std::string_view text);

void writeTexts(json::Writer& out, std::string_view name, std::span<const std::string> texts);

// What lists say of a key: "active", "expired" or "revoked".
template <typename Key>
std::string_view keyStatus(const Key& key, UnixMillis now) {
  if (key.revoked_at) return "revoked";
  return key.expires_at && *key.expires_at <= now ? "expired" : "active";
}

}  // namespace penstock::manage
