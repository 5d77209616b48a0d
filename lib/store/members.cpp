#include "store/members.h"

#include <limits>

#include "store/rows.h"
#include "store/texts.h"

namespace penstock::store {
namespace {

model::Member read(const storage::Rows& row) {
  model::Member member;
  member.id = row.string(0);
  member.organization_id = row.string(1);
  member.email = row.string(2);
  member.name = row.string(3);
  member.role = roleAt(row, 4);
  member.project_ids = textsFromJson(row.text(5));
  member.created_at = row.integer(6);
  member.removed_at = row.optionalInteger(7);
  return member;
}

}  // namespace

Status MemberTable::insert(const model::Member& member) {
  if (findByEmail(member.organization_id, member.email)) {
    return conflict("member_exists", "there is a member with the address " + member.email,
                    "/email");
  }
  insert_.run(member.id, member.organization_id, member.email, member.name,
              model::roleName(member.role), textsToJson(member.project_ids), member.created_at);
  return Unit{};
}

std::optional<model::Member> MemberTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

std::optional<model::Member> MemberTable::findByEmail(std::string_view organization_id,
                                                      std::string_view email) {
  return readOne(by_email_.query(organization_id, email), read);
}

Page<model::Member> MemberTable::list(const PageRequest& page) {
  return toPage(readAll(list_.query(page.after, rowsToAsk(page)), read), page);
}

std::vector<model::Member> MemberTable::all() {
  return readAll(list_.query("", std::numeric_limits<int64_t>::max()), read);
}

bool MemberTable::update(const model::Member& member) {
  return update_.run(member.name, model::roleName(member.role), textsToJson(member.project_ids),
                     member.id) > 0;
}

bool MemberTable::remove(std::string_view id, UnixMillis now) { return remove_.run(now, id) > 0; }

int64_t MemberTable::countOwners() { return count_owners_.integer(0); }

}  // namespace penstock::store
