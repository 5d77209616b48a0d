// Members: the people of the organization. What they do they do with management keys of theirs,
// which never may more than they.
#include "base/text.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/effects.h"
#include "manage/errors.h"
#include "manage/kinds.h"
#include "manage/query.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler listMembers, createMember, showMember, updateMember, deleteMember;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/members", model::Role::Admin, listMembers},
    {"POST", "/members", model::Role::Admin, createMember},
    {"GET", "/members/{member_id}", model::Role::Admin, showMember},
    {"PATCH", "/members/{member_id}", model::Role::Admin, updateMember},
    {"DELETE", "/members/{member_id}", model::Role::Admin, deleteMember},
};

constexpr std::string_view kList = "members";
constexpr json::StringBounds kEmail{.min = 3, .max = 254};

void writeMember(json::Writer& out, const model::Member& member, UnixMillis) {
  out.beginObject().field("id", member.id).field("email", member.email);
  writeText(out, "name", member.name);
  out.field("role", model::roleName(member.role));
  writeTexts(out, "project_ids", member.project_ids);
  out.field("status", member.removed_at ? "removed" : "active");
  writeTime(out, "created_at", member.created_at);
  writeTime(out, "removed_at", member.removed_at);
  out.endObject();
}

std::optional<model::Member> findMember(store::Tables& tables, const Call&,
                                        std::string_view named) {
  auto member = tables.members.find(named);
  return member && !member->removed_at ? member : std::nullopt;
}

// Something, one '@', something with a dot or a plain host; the rest is for mail servers to judge.
bool looksLikeEmail(std::string_view text) {
  const size_t at = text.find('@');
  return at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find_first_of(" \t\r\n<>,;\"") == std::string_view::npos;
}

// 409 when the change took the organization its last owner, who was this one.
Status keptAnOwner(store::Tables& tables, const model::Member& before) {
  if (before.role != model::Role::Owner || tables.members.countOwners() > 0) return Unit{};
  ApiError error{ErrorKind::Conflict, "last_owner", "the organization needs an owner"};
  error.resource = "member";
  error.id = before.id;
  return error;
}

Answer listMembers(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.members.list(page); });
  return pageAnswer(kList, kMember, found, call.now);
}

Answer createMember(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  model::Member member;
  for (const char* key : {"email", "role"}) requireField(body, key);
  readMember(body, member, call);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  return change(services, call, kNoPart, [&](Change& change) -> Answer {
    if (auto added = addMember(change, member); !added) return added.error();
    return objectAnswer(kCreated, kMember, member, call.now);
  });
}

Answer showMember(Services& services, const Call& call) {
  return showOne(kMember, services, call, "member_id");
}

Answer updateMember(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, config::Part::ManagementKeys, [&](Change& change) -> Answer {
    auto member = change.load(kMember, "member_id");
    if (!member) return std::move(member).error();
    const model::Member before = *member;
    json::ObjectReader body(document->root());
    readMember(body, *member, call);
    if (member->email != before.email) body.fail("email", "cannot be changed");
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    if (auto done = changeMember(change, before, *member); !done) return std::move(done).error();
    if (auto kept = keptAnOwner(change.tables, before); !kept) return std::move(kept).error();
    return objectAnswer(kOk, kMember, *member, call.now);
  });
}

// Takes the member's management keys along.
Answer deleteMember(Services& services, const Call& call) {
  return change(services, call, config::Part::ManagementKeys, [&](Change& change) -> Answer {
    auto member = change.load(kMember, "member_id");
    if (!member) return std::move(member).error();
    if (auto dropped = dropMember(change, *member); !dropped) return dropped.error();
    return deletedAnswer(member->id);
  });
}

}  // namespace

const Kind<model::Member> kMember{"member", ofOrganization, writeMember, findMember};

void readMember(json::ObjectReader& body, model::Member& member, const Call& call) {
  if (const auto email = body.string("email", kEmail)) {
    member.email = asciiLower(trim(*email));
    if (!looksLikeEmail(member.email)) body.fail("email", "must be an e-mail address");
  }
  if (auto name = body.string("name", {.min = 0, .max = 128, .controls = json::Controls::Refused}))
    member.name = std::move(*name);
  if (const auto role = readRole(body)) member.role = *role;
  readProjectIds(body, member.project_ids, call);
  refuseConfinedRole(body, member.role, member.project_ids);
}

Status addMember(Change& change, model::Member& member) {
  if (auto allowed = notAbove(change.call.caller, member.role); !allowed) return allowed;
  member.id = change.newId("mem_");
  member.organization_id = change.call.caller.organization_id;
  member.created_at = change.call.now;
  auto added = change.tables.members.insert(member);
  if (added) change.created(kMember, member);
  return added;
}

Status changeMember(Change& change, const model::Member& before, const model::Member& member) {
  for (const model::Role role : {before.role, member.role}) {
    if (auto allowed = notAbove(change.call.caller, role); !allowed) return allowed;
  }
  change.remember(kMember, before);
  if (member != before) change.tables.members.update(member);
  change.updated(kMember, member);
  return Unit{};
}

Status dropMember(Change& change, const model::Member& member) {
  if (auto allowed = notAbove(change.call.caller, member.role); !allowed) return allowed;
  for (const model::ManagementKey& key : change.tables.management_keys.ofMember(member.id)) {
    change.remember(kManagementKey, key);
    change.tables.management_keys.revoke(key.id, change.call.now);
    change.updated(kManagementKey, *change.tables.management_keys.find(key.id), "revoked");
  }
  change.tables.members.remove(member.id, change.call.now);
  change.deleted(kMember, member);
  return keptAnOwner(change.tables, member);
}

std::span<const ResourceRoute> memberRoutes() { return kRoutes; }

}  // namespace penstock::manage
