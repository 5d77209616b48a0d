#include "store/meta.h"

#include "store/rows.h"

namespace penstock::store {

int64_t MetaTable::configVersion() { return version_.integer(0); }

int64_t MetaTable::bumpConfigVersion() {
  bump_.run();
  return configVersion();
}

std::optional<std::string> MetaTable::bytes(std::string_view key) {
  return readOne(get_.query(key),
                 [](const storage::Rows& row) { return std::string(row.blob(0)); });
}

void MetaTable::setBytes(std::string_view key, std::string_view bytes) {
  set_.run(key, storage::Blob{bytes});
}

}  // namespace penstock::store
