#include "log_schema_files.h"
#include "store/schema.h"

namespace penstock::store {

// Not in schema.cpp: both generated headers declare embedded::File.
std::vector<storage::Migration> logSchema() {
  std::vector<storage::Migration> migrations;
  for (const auto& file : embedded::log_schema_files()) {
    migrations.push_back({file.name, file.content});
  }
  return migrations;
}

}  // namespace penstock::store
