// The organization: there is one in a self-hosted store.
#include "config/slug.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/kinds.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler showOrganization, updateOrganization;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/orgs/{id}", model::Role::Viewer, showOrganization},
    {"PATCH", "/orgs/{id}", model::Role::Owner, updateOrganization},
};

void writeOrganization(json::Writer& out, const model::Organization& organization, UnixMillis) {
  out.beginObject().field("id", organization.id).field("name", organization.name);
  out.field("slug", organization.slug).field("plan", "self_hosted");
  out.key("settings").beginObject().endObject();
  writeTexts(out, "ip_allowlist", organization.ip_allowlist);
  writeTime(out, "created_at", organization.created_at);
  out.endObject();
}

// "current" names the caller's own, so that nobody needs to know the id first.
std::optional<model::Organization> findOrganization(store::Tables& tables, const Call& call,
                                                    std::string_view named) {
  return tables.organizations.find(named == "current" ? call.caller.organization_id : named);
}

Answer showOrganization(Services& services, const Call& call) {
  return showOne(kOrganization, services, call, "id");
}

Answer updateOrganization(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, config::Part::Organization, [&](Change& change) -> Answer {
    auto organization = change.load(kOrganization, "id");
    if (!organization) return std::move(organization).error();
    json::ObjectReader body(document->root());
    readOrganization(body, *organization, call);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    if (auto stored = change.tables.organizations.update(*organization); !stored) {
      return std::move(stored).error();
    }
    change.updated(kOrganization, *organization);
    return objectAnswer(kOk, kOrganization, *organization, call.now);
  });
}

}  // namespace

const Kind<model::Organization> kOrganization{"organization", ofOrganization, writeOrganization,
                                              findOrganization};

void readOrganization(json::ObjectReader& body, model::Organization& organization,
                      const Call& call) {
  if (auto name = body.string("name", kName)) organization.name = std::move(*name);
  readSlug(body, organization.slug);
  if (readIpAllowlist(body, organization.ip_allowlist)) {
    refuseShutOut(body, organization.ip_allowlist, call);
  }
}

std::span<const ResourceRoute> organizationRoutes() { return kRoutes; }

}  // namespace penstock::manage
