#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "storage/database.h"

struct sqlite3_blob;

namespace penstock::storage {

// Reads parts of large BLOBs of one column where they lie: a row's other bytes are not touched.
// Use within a transaction, or what it reads may change between two parts.
class BlobReader {
 public:
  // Both are literals of the program, and outlive this.
  BlobReader(Database& db, const char* table, const char* column)
      : db_(db), table_(table), column_(column) {}
  ~BlobReader();
  BlobReader(const BlobReader&) = delete;
  BlobReader& operator=(const BlobReader&) = delete;

  // The BLOB of the row with that rowid from now on. Throws SqlError where there is none.
  void open(int64_t row);
  size_t size() const;
  // Puts these bytes of it in `bytes`. Throws SqlError where they are not all there.
  void read(size_t offset, size_t size, std::string& bytes);

 private:
  Database& db_;
  const char* const table_;
  const char* const column_;
  sqlite3_blob* blob_ = nullptr;
};

}  // namespace penstock::storage
