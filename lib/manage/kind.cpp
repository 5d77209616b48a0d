#include "manage/kind.h"

#include "base/digest.h"
#include "json/writer.h"

namespace penstock::manage {

std::string etagOf(std::string_view object_json) {
  constexpr size_t kDigits = 16;
  return '"' + hex(sha256(object_json)).substr(0, kDigits) + '"';
}

http::Response taggedAnswer(int status, std::string_view object_json, std::string_view etag) {
  http::Response response = dataAnswer(status, [&](json::Writer& out) { out.raw(object_json); });
  response.headers.add("ETag", etag);
  return response;
}

std::string withField(std::string object_json, std::string_view field, std::string_view text) {
  object_json.pop_back();
  object_json += ',' + json::quoted(field) + ':' + json::quoted(text) + '}';
  return object_json;
}

}  // namespace penstock::manage
