#include "store/organizations.h"

#include "store/rows.h"
#include "store/texts.h"

namespace penstock::store {
namespace {

model::Organization read(const storage::Rows& row) {
  return {row.string(0), row.string(1), row.string(2), row.integer(3), textsFromJson(row.text(4))};
}

ApiError slugTaken(const std::string& slug) {
  return conflict("slug_taken", "an organization has the slug " + slug, "/slug");
}

}  // namespace

Status OrganizationTable::insert(const model::Organization& organization) {
  const auto& [id, name, slug, created_at, ip_allowlist] = organization;
  if (of_another_.integer(0, slug, id) != 0) return slugTaken(slug);
  insert_.run(id, name, slug, created_at, textsToJson(ip_allowlist));
  return Unit{};
}

std::optional<model::Organization> OrganizationTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

std::optional<model::Organization> OrganizationTable::first() {
  return readOne(first_.query(), read);
}

Status OrganizationTable::update(const model::Organization& organization) {
  const auto& [id, name, slug, created_at, ip_allowlist] = organization;
  if (of_another_.integer(0, slug, id) != 0) return slugTaken(slug);
  if (update_.run(name, slug, textsToJson(ip_allowlist), id) == 0) {
    return notFound("organization", id);
  }
  return Unit{};
}

}  // namespace penstock::store
