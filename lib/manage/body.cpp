#include "manage/body.h"

#include "base/text.h"
#include "store/provision.h"

namespace penstock::manage {
namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr int64_t kMillisPerDay = 86'400'000;

bool isJson(std::string_view content_type) {
  return equalsIgnoreCase(trim(content_type.substr(0, content_type.find(';'))), "application/json");
}

}  // namespace

Result<json::Document> readBody(const http::Request& request) {
  const std::string_view content_type = request.headers.get("Content-Type");
  if (!content_type.empty() && !isJson(content_type)) {
    return ApiError{ErrorKind::UnsupportedMediaType, "unsupported_media_type",
                    "the body must be JSON: send Content-Type: application/json", "Content-Type"};
  }
  auto document = json::parse(request.body, {.max_bytes = kMaxBytes}, "the request body");
  if (document && !document->root().isObject()) {
    return invalidRequest("invalid_type", "the request body must be a JSON object");
  }
  return document;
}

const model::Project* findProject(const config::Snapshot& config, std::string_view id_or_slug) {
  if (const model::Project* project = config.findProject(id_or_slug)) return project;
  for (const auto& [id, project] : *config.parts().projects) {
    if (project.slug == id_or_slug) return &project;
  }
  return nullptr;
}

const model::Project* findProjectOrDefault(const config::Snapshot& config,
                                           std::string_view id_or_slug) {
  if (!id_or_slug.empty()) return findProject(config, id_or_slug);
  const config::ProjectIndex& projects = *config.parts().projects;
  if (projects.size() == 1) return &projects.begin()->second;
  return findProject(config, store::kDefaultSlug);
}

const model::Project* readProject(json::ObjectReader& body, const config::Snapshot& config) {
  if (!body.has("project_id")) {
    const model::Project* project = findProjectOrDefault(config, {});
    if (project == nullptr) body.fail("project_id", "is required: there are several projects");
    return project;
  }
  const auto named = body.string("project_id", {.min = 1, .max = 128});
  if (!named) return nullptr;
  const model::Project* project = findProject(config, *named);
  if (project == nullptr) body.fail("project_id", "there is no such project");
  return project;
}

Result<std::string> projectFilter(const config::Snapshot& config, const std::string& id_or_slug) {
  if (id_or_slug.empty()) return std::string();
  const model::Project* project = findProject(config, id_or_slug);
  if (project == nullptr) return notFound("project", id_or_slug);
  return project->id;
}

void requireField(json::ObjectReader& body, std::string_view key) {
  if (!body.has(key)) body.fail(key, "is required");
}

std::optional<UnixMillis> readExpiry(json::ObjectReader& body, UnixMillis now) {
  if (body.isNull("expires_in_days")) return std::nullopt;
  const auto days = body.integer("expires_in_days", {.min = 1, .max = 3650});
  if (!days) return std::nullopt;
  return now + *days * kMillisPerDay;
}

}  // namespace penstock::manage
