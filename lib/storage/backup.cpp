#include "storage/backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace penstock::storage {
namespace {

// One step: the copy is one read transaction, so that a writer cannot make it start over.
void copyPages(Database& source, Database& copy) {
  sqlite3_backup* job = sqlite3_backup_init(copy.handle(), "main", source.handle(), "main");
  if (job == nullptr) throw copy.error("backup");
  sqlite3_backup_step(job, -1);
  if (sqlite3_backup_finish(job) != SQLITE_OK) throw copy.error("backup");
}

void writeCopy(Database& source, const std::filesystem::path& target) {
  Database copy(target, {});
  copy.exec("PRAGMA journal_mode = DELETE");  // a plain file to copy into
  copyPages(source, copy);
  // The copy's header says WAL, as the source's does; a backup has no side files.
  copy.exec("PRAGMA journal_mode = DELETE");
}

}  // namespace

Status backup(Database& source, const std::filesystem::path& target) {
  const int fd = ::open(target.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    return ApiError{errno == EEXIST ? ErrorKind::Conflict : ErrorKind::InvalidRequest,
                    errno == EEXIST ? "file_exists" : "file_not_writable",
                    fmt::format("{}: {}", target.string(), std::strerror(errno))};
  }
  ::close(fd);
  try {
    writeCopy(source, target);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(target, ignored);
    throw;
  }
  return Unit{};
}

}  // namespace penstock::storage
