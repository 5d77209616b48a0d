#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

struct sqlite3;

namespace penstock::storage {

// SQLite said no where nothing was expected to go wrong (disk full, corrupt file, malformed SQL,
// violated constraint). Expected conflicts are asked for beforehand, not caught.
class SqlError : public std::runtime_error {
 public:
  SqlError(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int code() const { return code_; }  // SQLite's extended result code
  // The file is not a database, or not one that can be trusted any more.
  bool isCorruption() const;

 private:
  int code_;
};

enum class Access : uint8_t { ReadWrite, ReadOnly };
enum class AutoVacuum : uint8_t { None, Incremental };

// One SQLite connection, hardened and tuned. Used by one thread at a time (NOMUTEX); who owns it
// sees to that. A ReadWrite connection creates the file with mode 0600; there is at most one of
// them to a file, and it alone checkpoints (SQLite 3.40.1 has the WAL-reset bug).
class Database {
 public:
  struct Options {
    Access access = Access::ReadWrite;
    AutoVacuum auto_vacuum = AutoVacuum::None;  // takes effect only on a new file
    int busy_timeout_ms = 5000;
    int wal_autocheckpoint_pages = 1000;  // ReadWrite only; a reader never checkpoints
    int cache_kib = 8192;
  };

  // Throws SqlError when the file cannot be opened or is no database.
  Database(const std::filesystem::path& path, Options options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs SQL that is part of the program or of a migration, any number of statements.
  void exec(const std::string& sql);

  int64_t changes() const;       // rows touched by the last statement that changes rows
  int64_t totalChanges() const;  // since the connection was opened, undone ones included
  bool inTransaction() const;    // false also when SQLite rolled back by itself (disk full)
  const std::filesystem::path& path() const { return path_; }
  // For this folder only.
  sqlite3* handle() { return handle_; }

  // The exception that describes the connection's last error.
  SqlError error(const std::string& doing) const;

 private:
  void configure(const Options& options);

  // Constant after construction.
  const std::filesystem::path path_;
  sqlite3* handle_ = nullptr;
};

// Rolls back at the end of its scope unless committed.
class Transaction {
 public:
  enum class Kind : uint8_t { Read, Write };  // Read: several statements see one state
  Transaction(Database& db, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& db_;
  bool open_ = true;
};

// A part of a transaction that can be undone alone: undone at the end of its scope unless kept.
class Savepoint {
 public:
  explicit Savepoint(Database& db);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void keep();

 private:
  Database& db_;
  bool open_ = true;
};

}  // namespace penstock::storage
