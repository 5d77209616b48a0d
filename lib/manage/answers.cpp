#include "manage/answers.h"

namespace penstock::manage {

http::Response dataAnswer(int status, const std::function<void(json::Writer&)>& write) {
  http::Response response;
  response.status = status;
  json::Writer out(response.body);
  out.beginObject().key("data");
  write(out);
  out.endObject();
  return response;
}

http::Response deletedAnswer(std::string_view id) {
  return dataAnswer(kOk, [id](json::Writer& out) {
    out.beginObject().field("id", id).field("deleted", true).endObject();
  });
}

http::Response listAnswer(const std::function<void(json::Writer&)>& write_items,
                          const std::optional<std::string>& next_cursor) {
  http::Response response;
  json::Writer out(response.body);
  out.beginObject().key("data").beginArray();
  write_items(out);
  out.endArray().field("next_cursor", next_cursor);
  out.field("has_more", next_cursor.has_value()).endObject();
  return response;
}

void writeTime(json::Writer& out, std::string_view name, std::optional<UnixMillis> time) {
  out.key(name);
  if (time) {
    out.value(iso8601(*time));
  } else {
    out.null();
  }
}

void writeText(json::Writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.value(text);
  }
}

void writeTexts(json::Writer& out, std::string_view name, std::span<const std::string> texts) {
  out.key(name).beginArray();
  for (const std::string& text : texts) out.value(text);
  out.endArray();
}

}  // namespace penstock::manage
