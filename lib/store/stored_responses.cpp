#include "store/stored_responses.h"

#include "store/rows.h"

namespace penstock::store {
namespace {

using AtProvider = model::StoredResponse::AtProvider;

model::StoredResponse read(const storage::Rows& row) {
  model::StoredResponse response;
  response.project_id = row.string(0);
  response.id = row.string(1);
  response.api_key_id = row.string(2);
  response.provider_id = row.string(3);
  response.model = row.string(4);
  response.previous_id = row.string(5);
  response.at_provider = row.flag(6) ? AtProvider::Held : AtProvider::Absent;
  response.account = row.string(7);
  response.input = row.string(8);
  response.object = row.string(9);
  response.created_at = row.integer(10);
  return response;
}

}  // namespace

void StoredResponseTable::put(const model::StoredResponse& response,
                              std::span<const std::string> items) {
  remove(response.project_id, response.id);
  insert_.run(response.project_id, response.id, response.api_key_id, response.provider_id,
              response.model, response.previous_id, response.at_provider == AtProvider::Held,
              response.account, response.input, response.object, response.bytes(),
              response.created_at);
  for (const std::string& item : items) insert_item_.run(response.project_id, response.id, item);
}

std::optional<model::StoredResponse> StoredResponseTable::find(std::string_view project_id,
                                                               std::string_view id) {
  return readOne(find_.query(project_id, id), read);
}

std::optional<model::StoredResponse> StoredResponseTable::findByItem(std::string_view project_id,
                                                                     std::string_view item_id) {
  return readOne(find_by_item_.query(project_id, item_id), read);
}

bool StoredResponseTable::remove(std::string_view project_id, std::string_view id) {
  return remove_.run(project_id, id) > 0;
}

int64_t StoredResponseTable::removeUntil(UnixMillis created_at, size_t limit) {
  return remove_until_.run(created_at, limit);
}

int64_t StoredResponseTable::removeOldest(size_t limit) { return remove_oldest_.run(limit); }

int64_t StoredResponseTable::removeOfDeletedProjects(size_t limit) {
  return remove_of_deleted_.run(limit);
}

int64_t StoredResponseTable::bytes() { return bytes_.integer(0); }

}  // namespace penstock::store
