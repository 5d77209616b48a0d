#include "store/schema.h"

#include "schema_files.h"

namespace penstock::store {

std::vector<storage::Migration> schema() {
  std::vector<storage::Migration> migrations;
  for (const auto& file : embedded::schema_files()) migrations.push_back({file.name, file.content});
  return migrations;
}

}  // namespace penstock::store
