#include "store/log_store.h"

#include <fstream>
#include <limits>
#include <mutex>

#include <fmt/format.h>

#include "base/random.h"
#include "storage/migrations.h"
#include "storage/reader_pool.h"
#include "store/log_query.h"
#include "store/log_row.h"
#include "store/rollup_writer.h"
#include "store/schema.h"

namespace penstock::store {
namespace {

namespace fs = std::filesystem;

// Bounds of one retain(): what a few milliseconds can delete.
constexpr int64_t kChunkRows = 1000;
constexpr int64_t kChunkBytes = 4 << 20;
constexpr int64_t kMillisPerDay = 86'400'000;
constexpr size_t kReaders = 2;

fs::path besides(fs::path file, const char* suffix) { return file += suffix; }

int64_t fileSize(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : static_cast<int64_t>(size);
}

// The writing connection and its statements.
struct LogWriter {
  explicit LogWriter(const fs::path& file)
      // Nobody else writes, so only a checkpoint that waits for a reader is ever busy: it may give
      // up, the next one will do.
      : db(file, {.auto_vacuum = storage::AutoVacuum::Incremental,
                  .busy_timeout_ms = 200,
                  .wal_autocheckpoint_pages = 2000}) {}

  void prepare() {
    // Rows leave by the thousand; overwriting each with zeros would double what goes to the disk.
    db.exec("PRAGMA secure_delete = FAST");
    dictionary.emplace(db);
    rows.emplace(db, *dictionary);
    rollups.emplace(db, *dictionary);
    // Reads both ends of the table: most damage to the file shows here, at start.
    storage::Statement(db, "SELECT min(id) + max(id) FROM request_log").integer(0);
  }

  storage::Database db;
  std::optional<LogDictionary> dictionary;
  std::optional<LogRowWriter> rows;
  std::optional<RollupWriter> rollups;
  // A random start, so that a restart within a millisecond meets no taken ids.
  int64_t sequence = static_cast<int64_t>(fastRandom() & kSequenceMask);
};

class SqliteLogStore final : public LogStore {
 public:
  explicit SqliteLogStore(std::unique_ptr<LogWriter> writer)
      : file_(writer->db.path()),
        writer_(std::move(writer)),
        readers_(kReaders, [this] { return std::make_unique<LogReader>(file_); }) {}

  void append(std::span<const model::RequestLog> rows) override;
  LogPage list(const LogFilter& filter) override { return readers_.lease()->list(filter); }
  std::optional<model::RequestLog> find(std::string_view request_id) override {
    return readers_.lease()->find(request_id);
  }
  RollupReport report(const RollupQuery& query) override;
  std::vector<RouteTotals> routes(const RollupQuery& query) override;
  int64_t count() override { return readers_.lease()->count(); }
  Retained retain(const Retention& retention, UnixMillis now) override;
  int64_t sizeBytes() override { return fileSize(file_) + fileSize(besides(file_, "-wal")); }

 private:
  int64_t insert(const model::RequestLog& row);
  void rollUp(std::span<const int64_t> ids, std::span<const model::RequestLog> rows);
  void noteDamage(const storage::SqlError& failure) const;
  void mergeRollups();
  Retained retainRows(const Retention& retention, UnixMillis now);
  int64_t deleteOldest(int64_t below);
  Retained deleteExpired(int64_t below);
  Retained deleteExcess(int64_t bytes);
  int64_t storedBytes();
  void checkpoint() { writer_->db.exec("PRAGMA wal_checkpoint(TRUNCATE)"); }

  // Constant after construction.
  const fs::path file_;
  // Guarded by mutex_.
  std::mutex mutex_;
  std::unique_ptr<LogWriter> writer_;
  // Closed before the writing connection, which then checkpoints.
  storage::ReaderPool<LogReader> readers_;
};

void SqliteLogStore::append(std::span<const model::RequestLog> rows) {
  std::lock_guard lock(mutex_);
  std::vector<int64_t> ids;
  ids.reserve(rows.size());
  try {
    storage::Transaction transaction(writer_->db, storage::Transaction::Kind::Write);
    for (const model::RequestLog& row : rows) ids.push_back(insert(row));
    writer_->rollups->note(ids);
    transaction.commit();
  } catch (const storage::SqlError& failure) {
    writer_->dictionary->forget();
    noteDamage(failure);
    throw;
  } catch (...) {
    writer_->dictionary->forget();
    throw;
  }
  rollUp(ids, rows);
}

// The rows are stored and noted: a failure here is made good from the notes, by whoever is next.
void SqliteLogStore::rollUp(std::span<const int64_t> ids, std::span<const model::RequestLog> rows) {
  try {
    writer_->rollups->add(ids, rows);
    if (writer_->rollups->isDue()) writer_->rollups->merge();
  } catch (const storage::SqlError& failure) {
    noteDamage(failure);
  } catch (const std::bad_alloc&) {
    // as above
  }
}

// The next start puts a damaged file aside.
void SqliteLogStore::noteDamage(const storage::SqlError& failure) const {
  if (failure.isCorruption()) std::ofstream(besides(file_, ".suspect")) << failure.what() << '\n';
}

// The row's id.
int64_t SqliteLogStore::insert(const model::RequestLog& row) {
  const int64_t first = logIdAt(row.created_at);
  do {
    writer_->sequence = (writer_->sequence + 1) & kSequenceMask;
  } while (!writer_->rows->insert(first | writer_->sequence, row));
  return first | writer_->sequence;
}

RollupReport SqliteLogStore::report(const RollupQuery& query) {
  mergeRollups();
  return readers_.lease()->report(query);
}

std::vector<RouteTotals> SqliteLogStore::routes(const RollupQuery& query) {
  mergeRollups();
  return readers_.lease()->routes(query);
}

void SqliteLogStore::mergeRollups() {
  std::lock_guard lock(mutex_);
  writer_->rollups->merge();
}

Retained SqliteLogStore::retain(const Retention& retention, UnixMillis now) {
  std::lock_guard lock(mutex_);
  // Rows wait for their roll-up: once deleted they are in none.
  if (writer_->rollups->mergeBacklog()) return {0, true};
  const bool folded = writer_->rollups->fold(now);
  const bool expired_rollups = writer_->rollups->expire(now);
  Retained rows = retainRows(retention, now);
  rows.more = rows.more || folded || expired_rollups;
  return rows;
}

Retained SqliteLogStore::retainRows(const Retention& retention, UnixMillis now) {
  if (retention.days > 0) {
    const Retained expired = deleteExpired(logIdAt(now - retention.days * kMillisPerDay));
    if (expired.deleted > 0) return expired;
  }
  if (retention.bytes > 0) return deleteExcess(retention.bytes);
  return {};
}

Retained SqliteLogStore::deleteExpired(int64_t below) {
  const int64_t deleted = deleteOldest(below);
  return {deleted, deleted > 0};
}

Retained SqliteLogStore::deleteExcess(int64_t bytes) {
  if (sizeBytes() <= bytes) return {};
  // Pages freed before and a write-ahead log already copied back are not worth deleting rows for.
  writer_->db.exec("PRAGMA incremental_vacuum");
  checkpoint();
  if (storedBytes() <= bytes) return {};
  const int64_t deleted = deleteOldest(std::numeric_limits<int64_t>::max());
  const bool shrinks = deleted > 0 || writer_->rollups->expireOldest();
  writer_->db.exec("PRAGMA incremental_vacuum");
  checkpoint();
  return {deleted, shrinks && storedBytes() > bytes};
}

// The file's size once it is checkpointed.
int64_t SqliteLogStore::storedBytes() {
  return storage::Statement(writer_->db, "PRAGMA page_count").integer(0) *
         storage::Statement(writer_->db, "PRAGMA page_size").integer(0);
}

// Deletes one chunk of rows with ids under `below`, in the order of arrival.
int64_t SqliteLogStore::deleteOldest(int64_t below) {
  storage::Database& db = writer_->db;
  storage::Transaction transaction(db, storage::Transaction::Kind::Write);
  int64_t end = 0;
  {
    storage::Statement oldest(
        db, "SELECT id, payload_bytes FROM request_log WHERE id < ? ORDER BY id LIMIT ?");
    storage::Rows rows = oldest.query(below, kChunkRows);
    for (int64_t bytes = 0; bytes < kChunkBytes && rows.next(); bytes += rows.integer(1)) {
      end = rows.integer(0) + 1;
    }
  }
  storage::Statement(db, "DELETE FROM request_payload WHERE log_id < ?").run(end);
  const int64_t deleted = storage::Statement(db, "DELETE FROM request_log WHERE id < ?").run(end);
  transaction.commit();
  return deleted;
}

Result<std::unique_ptr<LogStore>> openOnce(const fs::path& file, UnixMillis now) {
  auto writer = std::make_unique<LogWriter>(file);
  if (auto migrated = storage::migrate(writer->db, logSchema(), now); !migrated) {
    return std::move(migrated).error();
  }
  writer->prepare();
  return std::unique_ptr<LogStore>(std::make_unique<SqliteLogStore>(std::move(writer)));
}

void putAside(const fs::path& file, UnixMillis now, std::string_view reason,
              std::vector<std::string>& warnings) {
  const std::string aside = fmt::format("{}.corrupt-{}", file.string(), now);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code error;  // the side files need not be there
    fs::rename(besides(file, suffix), aside + suffix, error);
    if (error && *suffix == '\0') throw fs::filesystem_error("put aside", file, error);
  }
  fs::remove(besides(file, ".suspect"));
  warnings.push_back(
      fmt::format("{} was corrupt ({}); it was put aside as {} and a new log was begun",
                  file.string(), reason, aside));
}

}  // namespace

Result<std::unique_ptr<LogStore>> openLogStore(const fs::path& file, UnixMillis now,
                                               std::vector<std::string>& warnings) {
  if (fs::exists(besides(file, ".suspect")) && fs::exists(file)) {
    putAside(file, now, "found while writing", warnings);
  }
  try {
    return openOnce(file, now);
  } catch (const storage::SqlError& failure) {
    if (!failure.isCorruption()) throw;
    putAside(file, now, failure.what(), warnings);
  }
  return openOnce(file, now);
}

}  // namespace penstock::store
