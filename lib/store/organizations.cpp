#include "store/organizations.h"

#include "store/rows.h"

namespace penstock::store {
namespace {

model::Organization read(const storage::Rows& row) {
  return {row.string(0), row.string(1), row.string(2), row.integer(3)};
}

}  // namespace

Status OrganizationTable::insert(const model::Organization& organization) {
  if (by_slug_.integer(0, organization.slug) != 0) {
    return conflict("slug_taken", "an organization has the slug " + organization.slug, "/slug");
  }
  insert_.run(organization.id, organization.name, organization.slug, organization.created_at);
  return Unit{};
}

std::optional<model::Organization> OrganizationTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

std::optional<model::Organization> OrganizationTable::first() {
  return readOne(first_.query(), read);
}

bool OrganizationTable::rename(std::string_view id, std::string_view name) {
  return rename_.run(name, id) > 0;
}

}  // namespace penstock::store
