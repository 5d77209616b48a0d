// The organization: a self-hosted store has one.
#include "manage/answers.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler showOrganization;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/orgs/{id}", model::Role::Viewer, showOrganization},
};

void writeOrganization(json::Writer& out, const model::Organization& organization) {
  out.beginObject().field("id", organization.id).field("name", organization.name);
  out.field("slug", organization.slug).field("plan", "self_hosted");
  writeTime(out, "created_at", organization.created_at);
  out.endObject();
}

// "current" names the caller's own, so that nobody needs to know the id first.
Answer showOrganization(Services& services, const Call& call) {
  std::string id(call.request.param("id"));
  if (id == "current") id = call.caller.organization_id;
  const auto organization = services.config.store().read(
      [&](store::Tables& tables) { return tables.organizations.find(id); });
  if (!organization) return notFound("organization", id);
  return dataAnswer(kOk, [&](json::Writer& out) { writeOrganization(out, *organization); });
}

}  // namespace

std::span<const ResourceRoute> organizationRoutes() { return kRoutes; }

}  // namespace penstock::manage
