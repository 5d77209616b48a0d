#include "dialect/inline_image.h"

#include <string_view>

#include "dialect/json_members.h"

namespace penstock::dialect {

int64_t inlineImageBytes(const json::ObjectIndex& part) {
  const json::Member* url = part.find("image_url");
  json::ObjectIndex holder;
  if (scanAt(part, "image_url", holder)) url = holder.find("url");
  if (url == nullptr || url->kind != json::Kind::String) return 0;
  // Other data may be read as text; some writers escape slashes.
  for (const std::string_view begin : {R"("data:image/)", R"("data:image\/)"})
    if (url->value.starts_with(begin)) return static_cast<int64_t>(url->value.size());
  return 0;
}

}  // namespace penstock::dialect
