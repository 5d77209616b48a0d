#include "store/relayed_objects.h"

#include "store/rows.h"

namespace penstock::store {
namespace {

using model::ObjectKind;
using model::ObjectSurface;

model::RelayedObject read(const storage::Rows& row) {
  model::RelayedObject object;
  object.seq = row.integer(0);
  object.provider_id = row.string(1);
  object.id = row.string(2);
  object.kind = row.text(3) == "batch" ? ObjectKind::Batch : ObjectKind::File;
  object.surface = row.text(4) == "anthropic" ? ObjectSurface::Anthropic : ObjectSurface::OpenAi;
  object.project_id = row.string(5);
  object.api_key_id = row.string(6);
  object.batch_id = row.string(7);
  object.purpose = row.string(8);
  object.status = row.string(9);
  object.object = row.string(10);
  object.plan = row.string(11);
  object.created_at = row.integer(12);
  object.settled_at = row.optionalInteger(13);
  return object;
}

}  // namespace

bool RelayedObjectTable::insert(const model::RelayedObject& object) {
  return insert_.run(unlessEmpty(object.provider_id), object.id, model::objectKindName(object.kind),
                     model::objectSurfaceName(object.surface), object.project_id, object.api_key_id,
                     object.batch_id, object.purpose, object.status, object.object, object.plan,
                     object.created_at, object.settled_at) > 0;
}

std::optional<model::RelayedObject> RelayedObjectTable::find(const ObjectFilter& filter,
                                                             std::string_view id) {
  return readOne(find_.query(id, filter.project_id, model::objectSurfaceName(filter.surface),
                             model::objectKindName(filter.kind)),
                 read);
}

std::optional<model::RelayedObject> RelayedObjectTable::findFile(std::string_view project_id,
                                                                 std::string_view id) {
  return readOne(find_file_.query(id, project_id), read);
}

std::optional<model::RelayedObject> RelayedObjectTable::findAt(std::string_view provider_id,
                                                               std::string_view id) {
  return readOne(find_at_.query(unlessEmpty(provider_id), id), read);
}

void RelayedObjectTable::update(std::string_view provider_id, std::string_view id,
                                std::string_view status, std::string_view object) {
  update_.run(unlessEmpty(provider_id), id, status, object);
}

void RelayedObjectTable::remove(std::string_view provider_id, std::string_view id) {
  remove_.run(unlessEmpty(provider_id), id);
}

bool RelayedObjectTable::settle(std::string_view provider_id, std::string_view id, UnixMillis now) {
  return settle_.run(provider_id, id, now) > 0;
}

Page<model::RelayedObject> RelayedObjectTable::list(const ObjectFilter& filter, Order order,
                                                    int64_t from, size_t limit) {
  const PageRequest page{.after = {}, .limit = limit};
  storage::Statement& statement = order == Order::NewestFirst ? newest_ : oldest_;
  return toPage(readAll(statement.query(filter.project_id, model::objectSurfaceName(filter.surface),
                                        model::objectKindName(filter.kind), filter.purpose, from,
                                        rowsToAsk(page)),
                        read),
                page);
}

std::vector<model::RelayedObject> RelayedObjectTable::unsettled(int64_t seq, size_t limit) {
  return readAll(unsettled_.query(seq, limit), read);
}

std::vector<model::RelayedObject> RelayedObjectTable::hereBefore(UnixMillis created_before,
                                                                 int64_t seq, size_t limit) {
  return readAll(here_before_.query(created_before, seq, limit), read);
}

}  // namespace penstock::store
