#include "manage/body.h"

#include "base/ip_range.h"
#include "base/text.h"
#include "config/slug.h"
#include "manage/query.h"
#include "store/provision.h"

namespace penstock::manage {
namespace {

constexpr int64_t kMillisPerDay = 86'400'000;

bool isJson(std::string_view content_type) {
  return equalsIgnoreCase(trim(content_type.substr(0, content_type.find(';'))), "application/json");
}

}  // namespace

Result<json::Document> readBody(const http::Request& request, size_t max_bytes) {
  const std::string_view content_type = request.headers.get("Content-Type");
  if (!content_type.empty() && !isJson(content_type)) {
    return ApiError{ErrorKind::UnsupportedMediaType, "unsupported_media_type",
                    "the body must be JSON: send Content-Type: application/json", "Content-Type"};
  }
  auto document = json::parse(request.body, {.max_bytes = max_bytes}, "the request body");
  if (document && !document->root().isObject()) {
    return invalidRequest("invalid_type", "the request body must be a JSON object");
  }
  return document;
}

const model::Project* findProject(const Call& call, std::string_view id_or_slug) {
  const auto visible = [&](const model::Project& project) {
    return call.sees(project.id) ? &project : nullptr;
  };
  if (const model::Project* project = call.config->findProject(id_or_slug)) {
    return visible(*project);
  }
  for (const auto& [id, project] : *call.config->parts().projects) {
    if (project.slug == id_or_slug) return visible(project);
  }
  return nullptr;
}

const model::Project* findProjectOrDefault(const Call& call, std::string_view id_or_slug) {
  if (!id_or_slug.empty()) return findProject(call, id_or_slug);
  if (call.caller.project_ids.size() == 1) return findProject(call, call.caller.project_ids[0]);
  const config::ProjectIndex& projects = *call.config->parts().projects;
  if (projects.size() == 1) return findProject(call, projects.begin()->first);
  return findProject(call, store::kDefaultSlug);
}

const model::Project* readProject(json::ObjectReader& body, const Call& call) {
  if (!body.has("project_id")) {
    const model::Project* project = findProjectOrDefault(call, {});
    if (project == nullptr) body.fail("project_id", "is required: there are several projects");
    return project;
  }
  const auto named = body.string("project_id", {.min = 1, .max = 128});
  if (!named) return nullptr;
  const model::Project* project = findProject(call, *named);
  if (project == nullptr) body.fail("project_id", "there is no such project");
  return project;
}

Result<std::vector<std::string>> projectFilter(const Call& call, const std::string& id_or_slug) {
  if (id_or_slug.empty()) return call.caller.project_ids;
  const model::Project* project = findProject(call, id_or_slug);
  if (project == nullptr) return notFound("project", id_or_slug);
  return std::vector{project->id};
}

Result<std::vector<std::string>> pastProjectFilter(Services& services, const Call& call,
                                                   const std::string& id_or_slug) {
  auto living = projectFilter(call, id_or_slug);
  if (living || !call.sees(id_or_slug)) return living;
  const bool known = services.config.store().read(
      [&](store::Tables& tables) { return tables.projects.find(id_or_slug).has_value(); });
  if (!known) return living;
  return std::vector{id_or_slug};
}

void readProjectIds(json::ObjectReader& body, std::vector<std::string>& project_ids,
                    const Call& call) {
  std::vector<std::string> named = project_ids;
  readTexts(body, "project_ids", named);
  if (named == project_ids) return;
  project_ids.clear();
  for (size_t i = 0; i < named.size(); ++i) {
    if (const model::Project* project = findProject(call, named[i])) {
      project_ids.push_back(project->id);
    } else {
      body.fail("project_ids", "there is no such project", "/" + std::to_string(i));
    }
  }
}

void requireField(json::ObjectReader& body, std::string_view key) {
  if (!body.has(key)) body.fail(key, "is required");
}

void readExpiry(json::ObjectReader& body, std::optional<UnixMillis>& expires_at, UnixMillis now) {
  if (body.has("expires_in_days") && body.has("expires_at")) {
    body.fail("expires_at", "cannot be given together with expires_in_days");
  }
  if (body.isNull("expires_in_days") || body.isNull("expires_at")) {
    expires_at.reset();
  } else if (const auto days = body.integer("expires_in_days", {.min = 1, .max = 3650})) {
    expires_at = now + *days * kMillisPerDay;
  } else if (const auto text = body.string("expires_at", {.min = 1, .max = 64})) {
    expires_at = parseTime(*text);
    if (!expires_at) body.fail("expires_at", "must be an ISO 8601 time");
  }
}

void readLimit(json::ObjectReader& body, std::string_view key, json::IntRange range,
               std::optional<int64_t>& limit) {
  if (body.isNull(key)) {
    limit.reset();
  } else if (const auto given = body.integer(key, range)) {
    limit = given;
  }
}

void readRateLimit(json::ObjectReader& body, std::optional<int64_t>& rate_limit_rpm) {
  readLimit(body, "rate_limit_rpm", {.min = 1, .max = 1'000'000'000}, rate_limit_rpm);
}

bool readIpAllowlist(json::ObjectReader& body, std::vector<std::string>& ip_allowlist) {
  if (!body.has("ip_allowlist")) return false;
  std::vector<std::string> texts;
  readTexts(body, "ip_allowlist", texts);
  std::vector<std::string> canonical;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (const auto range = parseIpRange(texts[i])) {
      canonical.push_back(range->text());
    } else {
      body.fail("ip_allowlist", "must be an IP address or a CIDR range, such as 10.0.0.0/8",
                "/" + std::to_string(i));
    }
  }
  if (canonical.size() != texts.size()) return false;
  ip_allowlist = std::move(canonical);
  return true;
}

void refuseShutOut(json::ObjectReader& body, const std::vector<std::string>& ip_allowlist,
                   const Call& call) {
  const auto allowed = IpAllowList::parse(ip_allowlist);
  if (allowed && allowed->allows(call.request.peer)) return;
  body.fail("ip_allowlist",
            "would shut you out: your address is " + std::string(call.request.peer));
}

void readTexts(json::ObjectReader& body, std::string_view key, std::vector<std::string>& texts) {
  if (body.isNull(key)) {
    texts.clear();
  } else if (auto given = body.strings(key, {.min = 1, .max = 256})) {
    texts = *std::move(given);
  }
}

void readSlug(json::ObjectReader& body, std::string& slug) {
  auto given = body.string("slug", {.min = 1, .max = 63});
  if (!given) return;
  if (!config::isSlug(*given)) body.fail("slug", "must be made of a-z, 0-9, '-' and '_'");
  slug = *std::move(given);
}

std::optional<model::Role> readRole(json::ObjectReader& body) {
  // In the order of model::Role.
  const auto chosen = body.choice("role", {"owner", "admin", "member", "viewer"});
  if (!chosen) return std::nullopt;
  return static_cast<model::Role>(*chosen);
}

void refuseConfinedRole(json::ObjectReader& body, model::Role role,
                        const std::vector<std::string>& project_ids) {
  if (project_ids.empty() || role >= model::Role::Member) return;
  body.fail("project_ids", "only the roles member and viewer can be confined to projects");
}

Status notAbove(const model::ManagementKey& caller, model::Role role) {
  if (caller.role <= role) return Unit{};
  return ApiError{
      ErrorKind::Forbidden, "forbidden",
      "the role " + std::string(model::roleName(role)) + " is above that of the key you use"};
}

}  // namespace penstock::manage
