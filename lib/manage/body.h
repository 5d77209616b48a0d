#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/snapshot.h"
#include "http/message.h"
#include "json/document.h"
#include "json/reader.h"
#include "manage/resource.h"
#include "model/role.h"

namespace penstock::manage {

// The body of a request as a JSON object. Errors: 415 for another Content-Type, 400 for what is not
// JSON or no object, 413 past `max_bytes`.
constexpr size_t kMaxBody = 1 << 20;
Result<json::Document> readBody(const http::Request& request, size_t max_bytes = kMaxBody);

// The living project that the text names by id or slug, if the caller may know of it; else null.
const model::Project* findProject(const Call& call, std::string_view id_or_slug);

// The same; for no text, the only project that the caller may know of, else the one with the slug
// `default`.
const model::Project* findProjectOrDefault(const Call& call, std::string_view id_or_slug);

// The project that a new thing goes to: what the body's `project_id` names; when absent, as
// above. Null with an error recorded otherwise.
const model::Project* readProject(json::ObjectReader& body, const Call& call);

// The projects that a list is confined to: the one that the query names, else those of the caller;
// empty when there is no bound. 404 when the query names none that the caller may know of.
Result<std::vector<std::string>> projectFilter(const Call& call, const std::string& id_or_slug);

// The same for what outlives its project, as logs do: a deleted one is known by its id.
Result<std::vector<std::string>> pastProjectFilter(Services& services, const Call& call,
                                                   const std::string& id_or_slug);

// `project_ids`: ids or slugs of projects that the caller may know of, null or [] for all.
void readProjectIds(json::ObjectReader& body, std::vector<std::string>& project_ids,
                    const Call& call);

// Records an error when the field is absent; its value is read where an update reads it too.
void requireField(json::ObjectReader& body, std::string_view key);

// `expires_in_days` or `expires_at`; null means never. Left as it is when neither is there.
void readExpiry(json::ObjectReader& body, std::optional<UnixMillis>& expires_at, UnixMillis now);

// A number that null clears. Left as it is when absent.
void readLimit(json::ObjectReader& body, std::string_view key, json::IntRange range,
               std::optional<int64_t>& limit);

// `rate_limit_rpm`; null means the default.
void readRateLimit(json::ObjectReader& body, std::optional<int64_t>& rate_limit_rpm);

// `ip_allowlist`, in canonical form; null or [] for everybody. True when it is there and right.
bool readIpAllowlist(json::ObjectReader& body, std::vector<std::string>& ip_allowlist);

// Records an error when the list does not hold the caller's own address: whoever makes a list that
// binds them must stay inside it, or nobody might be able to change it back.
void refuseShutOut(json::ObjectReader& body, const std::vector<std::string>& ip_allowlist,
                   const Call& call);

// A list of texts; null empties it. Left as it is when absent.
void readTexts(json::ObjectReader& body, std::string_view key, std::vector<std::string>& texts);

void readSlug(json::ObjectReader& body, std::string& slug);
std::optional<model::Role> readRole(json::ObjectReader& body);

// Owners and admins see every project.
void refuseConfinedRole(json::ObjectReader& body, model::Role role,
                        const std::vector<std::string>& project_ids);

// 403 when `role` is above the caller's: nobody makes or changes what may more than they.
Status notAbove(const model::ManagementKey& caller, model::Role role);

// Names stand in headers, mails and lists.
constexpr json::StringBounds kName{.min = 1, .max = 128, .controls = json::Controls::Refused};
constexpr json::StringBounds kDescription{.min = 0, .max = 1024};

}  // namespace penstock::manage
