#include "manage/keys.h"

#include "manage/body.h"

namespace penstock::manage {
namespace {

constexpr int64_t kMaxOverlapSeconds = 30LL * 86'400;

}  // namespace

Result<std::optional<UnixMillis>> readOverlap(const Call& call) {
  if (call.request.body.empty()) return std::optional<UnixMillis>();
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  const auto seconds = body.integer("overlap_seconds", {.min = 0, .max = kMaxOverlapSeconds});
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  if (!seconds || *seconds == 0) return std::optional<UnixMillis>();
  return std::optional(call.now + *seconds * 1000);
}

}  // namespace penstock::manage
