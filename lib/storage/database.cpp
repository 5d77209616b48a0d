#include "storage/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace penstock::storage {
namespace {

// SQLite would create the file with the umask's mode; WAL and shared memory inherit the file's.
void createPrivately(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ::fchmod(fd, 0600) != 0) {
    const int reason = errno;
    if (fd >= 0) ::close(fd);
    throw SqlError(SQLITE_CANTOPEN, fmt::format("{}: {}", path.string(), std::strerror(reason)));
  }
  ::close(fd);
}

}  // namespace

bool SqlError::isCorruption() const {
  const int primary = code_ & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

Database::Database(const std::filesystem::path& path, Options options) : path_(path) {
  if (options.access == Access::ReadWrite) createPrivately(path);
  const int mode =
      options.access == Access::ReadWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  if (sqlite3_open_v2(path.c_str(), &handle_, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      nullptr) != SQLITE_OK) {
    const SqlError failure = error("open");
    sqlite3_close_v2(handle_);
    throw failure;
  }
  try {
    configure(options);
  } catch (...) {
    sqlite3_close_v2(handle_);
    throw;
  }
}

// close_v2: a statement that outlives the connection delays the close instead of leaking it.
Database::~Database() { sqlite3_close_v2(handle_); }

void Database::configure(const Options& options) {
  // Before everything else: even switching to WAL may have to wait for a lock.
  sqlite3_busy_timeout(handle_, options.busy_timeout_ms);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  exec(
      fmt::format("PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;"
                  "PRAGMA cache_size = -{};",
                  options.cache_kib));
  if (options.access == Access::ReadOnly) {
    exec("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0;");
    return;
  }
  // auto_vacuum goes into the header that journal_mode = WAL writes.
  if (options.auto_vacuum == AutoVacuum::Incremental) exec("PRAGMA auto_vacuum = INCREMENTAL;");
  exec(
      fmt::format("PRAGMA synchronous = NORMAL; PRAGMA journal_mode = WAL;"
                  "PRAGMA wal_autocheckpoint = {}; PRAGMA journal_size_limit = 16777216;",
                  options.wal_autocheckpoint_pages));
}

void Database::exec(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw error("exec");
  }
}

int64_t Database::totalChanges() const { return sqlite3_total_changes64(handle_); }

int64_t Database::changes() const { return sqlite3_changes64(handle_); }

bool Database::inTransaction() const { return sqlite3_get_autocommit(handle_) == 0; }

SqlError Database::error(const std::string& doing) const {
  return {sqlite3_extended_errcode(handle_),
          fmt::format("{}: {}: {}", path_.string(), doing, sqlite3_errmsg(handle_))};
}

Transaction::Transaction(Database& db, Kind kind) : db_(db) {
  db_.exec(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (!open_ || !db_.inTransaction()) return;
  sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  db_.exec("COMMIT");
  open_ = false;
}

Savepoint::Savepoint(Database& db) : db_(db) { db_.exec("SAVEPOINT part"); }

Savepoint::~Savepoint() {
  if (!open_ || !db_.inTransaction()) return;
  sqlite3_exec(db_.handle(), "ROLLBACK TO part; RELEASE part", nullptr, nullptr, nullptr);
}

void Savepoint::keep() {
  db_.exec("RELEASE part");
  open_ = false;
}

}  // namespace penstock::storage
