#include "manage/cursor.h"

#include "base/base64.h"

namespace penstock::manage {

std::string encodeCursor(std::string_view list, std::string_view place) {
  return base64Url(std::string(list) + ":" + std::string(place));
}

std::optional<std::string> decodeCursor(std::string_view list, std::string_view cursor) {
  auto text = fromBase64Url(cursor);
  if (!text || !text->starts_with(list) || text->size() <= list.size() + 1 ||
      (*text)[list.size()] != ':') {
    return std::nullopt;
  }
  return text->substr(list.size() + 1);
}

}  // namespace penstock::manage
