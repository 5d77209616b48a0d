#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/snapshot.h"
#include "http/message.h"
#include "json/document.h"
#include "json/reader.h"

namespace penstock::manage {

// The body of a request as a JSON object. Errors: 415 for another Content-Type, 400 for what is not
// JSON or no object, 413 past 1 MiB.
Result<json::Document> readBody(const http::Request& request);

// The living project that the text names by id or slug, or null.
const model::Project* findProject(const config::Snapshot& config, std::string_view id_or_slug);

// The project that the text names; for no text, the only project there is, else the one with the
// slug `default`. Null when there is none such.
const model::Project* findProjectOrDefault(const config::Snapshot& config,
                                           std::string_view id_or_slug);

// The project that a new thing goes to: what the body's `project_id` names; when absent, as
// above. Null with an error recorded otherwise.
const model::Project* readProject(json::ObjectReader& body, const config::Snapshot& config);

// The project that a list is filtered by: its id, or empty when there is no filter. 404 when it
// names none.
Result<std::string> projectFilter(const config::Snapshot& config, const std::string& id_or_slug);

// Records an error when the field is absent; its value is read where an update reads it too.
void requireField(json::ObjectReader& body, std::string_view key);

// `expires_in_days`, as a time; absent means never.
std::optional<UnixMillis> readExpiry(json::ObjectReader& body, UnixMillis now);

constexpr json::StringBounds kName{.min = 1, .max = 128};
constexpr json::StringBounds kDescription{.min = 0, .max = 1024};

}  // namespace penstock::manage
