#include "dialect/chat_view.h"

#include "json/raw.h"

namespace penstock::dialect {

std::optional<double> ChatView::temperature() const {
  const json::Member* member = body.find("temperature");
  if (member == nullptr || member->kind != json::Kind::Number) return std::nullopt;
  return json::rawDouble(member->value);
}

}  // namespace penstock::dialect
