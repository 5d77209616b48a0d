#include "batch/shown.h"

#include <algorithm>

#include "json/raw.h"
#include "json/scan.h"

namespace penstock::batch {
namespace {

constexpr size_t kMaxId = 128;

std::string textOf(const json::ObjectIndex& object, std::string_view key) {
  const json::Member* member = object.find(key);
  return member == nullptr ? std::string() : json::rawString(member->value).value_or("");
}

std::string idOf(const json::ObjectIndex& object, std::string_view key) {
  std::string id = textOf(object, key);
  return isObjectId(id) ? id : std::string();
}

}  // namespace

Result<Shown> readShown(model::ObjectKind kind, model::ObjectSurface surface,
                        std::string_view body) {
  json::ObjectIndex object;
  Shown shown;
  if (json::scanObject(body, object)) shown.id = idOf(object, "id");
  if (shown.id.empty()) {
    return ApiError{ErrorKind::UpstreamFailed, "invalid_upstream_response",
                    "the provider answered 200 without an object that has an id"};
  }
  const bool openai = surface == model::ObjectSurface::OpenAi;
  shown.status = textOf(object, openai ? "status" : "processing_status").substr(0, 64);
  shown.purpose = textOf(object, "purpose").substr(0, 64);
  if (kind == model::ObjectKind::File) return shown;
  shown.output_file_id = idOf(object, "output_file_id");
  shown.error_file_id = idOf(object, "error_file_id");
  shown.has_results = !textOf(object, "results_url").empty();
  return shown;
}

bool isOver(model::ObjectSurface surface, std::string_view status) {
  if (surface == model::ObjectSurface::Anthropic) return status == "ended";
  return status == "completed" || status == "failed" || status == "expired" ||
         status == "cancelled";
}

bool isObjectId(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= kMaxId && text.front() != '.' &&
         std::ranges::all_of(text, fits);
}

}  // namespace penstock::batch
