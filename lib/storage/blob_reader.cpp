#include "storage/blob_reader.h"

#include <sqlite3.h>

namespace penstock::storage {

BlobReader::~BlobReader() { sqlite3_blob_close(blob_); }

void BlobReader::open(int64_t row) {
  constexpr int kReadOnly = 0;
  // Much cheaper on a handle that is there.
  const int result = blob_ != nullptr ? sqlite3_blob_reopen(blob_, row)
                                      : sqlite3_blob_open(db_.handle(), "main", table_, column_,
                                                          row, kReadOnly, &blob_);
  if (result != SQLITE_OK) throw db_.error("open a blob");
}

size_t BlobReader::size() const { return static_cast<size_t>(sqlite3_blob_bytes(blob_)); }

void BlobReader::read(size_t offset, size_t size, std::string& bytes) {
  const size_t whole = this->size();
  if (offset > whole || size > whole - offset)
    throw SqlError(SQLITE_CORRUPT, "a blob ends before what is read of it");
  bytes.resize(size);
  const int result =
      sqlite3_blob_read(blob_, bytes.data(), static_cast<int>(size), static_cast<int>(offset));
  if (result != SQLITE_OK) throw db_.error("read a blob");
}

}  // namespace penstock::storage
