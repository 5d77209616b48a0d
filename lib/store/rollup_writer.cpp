#include "store/rollup_writer.h"

#include <algorithm>
#include <string>

#include "store/log_row.h"
#include "store/rollups.h"

namespace penstock::store {
namespace {

// Bounds of one piece of work: what a few (some ten at most) milliseconds can do.
constexpr int64_t kBacklogRows = 4'000;
constexpr int kFoldedHours = 16;
constexpr size_t kFoldedBytes = 512 << 10;
constexpr int kExpiredRollups = 50;
constexpr int kExpiredTexts = 1'000;

std::string packIds(std::vector<int64_t> ids) {
  std::sort(ids.begin(), ids.end());
  std::string blob;
  int64_t last = 0;
  for (const int64_t id : ids) {
    putVarint(blob, static_cast<uint64_t>(id - last));
    last = id;
  }
  return blob;
}

std::string selectRow() {
  return "SELECT " + std::string(kLogColumns) + " FROM request_log WHERE id ";
}

std::vector<RollupEntry> entriesOf(RollupKind kind, std::string_view blob) {
  std::vector<RollupEntry> entries;
  PackReader reader(kind, blob);
  for (PackedEntry entry; reader.next(entry);) entries.push_back({entry.key, entry.totals()});
  return entries;
}

}  // namespace

void RollupWriter::note(std::span<const int64_t> ids) {
  try {
    recover();
  } catch (...) {
    reset();  // what was recovered halfway would be added twice
    throw;
  }
  std::vector<int64_t> noted;
  noted.reserve(ids.size());
  for (const int64_t id : ids) {
    if (!backlog_.has(id)) noted.push_back(id);
  }
  if (!noted.empty()) note_.run(storage::Blob{packIds(std::move(noted))});
}

void RollupWriter::add(std::span<const int64_t> ids, std::span<const model::RequestLog> rows) {
  try {
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!backlog_.has(ids[i])) pending_.add(rows[i], dictionary_);
    }
  } catch (...) {
    reset();
    throw;
  }
}

// Sums what the notes of an earlier process, or from before a failure, speak of.
void RollupWriter::recover() {
  if (recovered_) return;
  storage::Statement notes(db_, "SELECT ids FROM rollup_pending");
  storage::Statement select(db_, selectRow(), "= ?");
  storage::Rows blobs = notes.query();
  while (blobs.next()) {
    std::string_view left = blobs.blob(0);
    for (int64_t id = 0; !left.empty();) {
      id += static_cast<int64_t>(takeVarint(left));
      storage::Rows row = select.query(id);
      if (row.next()) pending_.add(readRow(row, dictionary_), dictionary_);
    }
  }
  storage::Statement backlog(db_, "SELECT next_id, end_id FROM rollup_backlog");
  storage::Rows range = backlog.query();
  backlog_ = range.next() ? Backlog{range.integer(0), range.integer(1)} : Backlog{};
  recovered_ = true;
}

// What is in memory may be more or less than what is stored: begin again from the notes.
void RollupWriter::reset() {
  pending_.clear();
  pending_.texts().clear();
  recovered_ = false;
}

void RollupWriter::merge() {
  try {
    recover();
    if (pending_.rows() == 0) return;
    storage::Transaction transaction(db_, storage::Transaction::Kind::Write);
    mergePending();
    forget_notes_.run();
    transaction.commit();
    pending_.clear();
  } catch (...) {
    reset();
    throw;
  }
}

bool RollupWriter::mergeBacklog() {
  merge();
  if (backlog_.end == 0) return false;
  try {
    storage::Transaction transaction(db_, storage::Transaction::Kind::Write);
    Backlog left = backlog_;
    {
      storage::Statement select(db_, selectRow(), ">= ? AND id < ? ORDER BY id LIMIT ?");
      storage::Rows rows = select.query(left.next, left.end, kBacklogRows);
      int64_t read = 0;
      for (; rows.next(); ++read) {
        pending_.add(readRow(rows, dictionary_), dictionary_);
        left.next = rows.integer(0) + 1;
      }
      if (read < kBacklogRows) left = {};
    }
    mergePending();
    if (left.end == 0) {
      storage::Statement(db_, "DELETE FROM rollup_backlog").run();
    } else {
      storage::Statement(db_, "UPDATE rollup_backlog SET next_id = ?").run(left.next);
    }
    transaction.commit();
    pending_.clear();
    backlog_ = left;
  } catch (...) {
    reset();
    throw;
  }
  return backlog_.end != 0;
}

// Takes the sums out of pending_.
void RollupWriter::mergePending() {
  for (auto& [place, sums] : pending_.sums()) {
    std::vector<RollupEntry> additions;
    additions.reserve(sums.size());
    for (auto& [key, totals] : sums) additions.push_back({key, std::move(totals)});
    mergeHour({place.kind, RollupGrain::Hour, place.hour, place.project}, std::move(additions));
  }
}

// The keys of `additions` have numbers of this process's texts.
void RollupWriter::mergeHour(RollupPlace place, std::vector<RollupEntry> additions) {
  const RollupKind kind = place.kind;
  const int64_t day = dayOf(place.bucket);
  for (RollupEntry& entry : additions) entry.key = texts_.withIds(kind, entry.key, day);
  Rollup hour = rollups_.load(place);
  fitKeys(kind, hour.entries, additions);
  for (RollupEntry& entry : additions) entry.key = texts_.admitted(kind, entry.key, day);
  additions = combined(std::move(additions));
  addEntries(kind, hour, additions);
  rollups_.save(place, hour);
  if (hour.folded) addToDay(place, std::move(additions));
}

void RollupWriter::addToDay(RollupPlace place, std::vector<RollupEntry> additions) {
  place.grain = RollupGrain::Day;
  place.bucket = dayOf(place.bucket);
  Rollup day = rollups_.load(place);
  fitKeys(place.kind, day.entries, additions);
  addEntries(place.kind, day, combined(std::move(additions)));
  rollups_.save(place, day);
}

bool RollupWriter::fold(UnixMillis now) {
  storage::Transaction transaction(db_, storage::Transaction::Kind::Write);
  std::vector<RollupPlace> over;
  {
    storage::Statement select(db_,
                              "SELECT kind, bucket, project_id FROM rollup WHERE grain = 1 AND "
                              "folded = 0 AND bucket < ? ORDER BY bucket LIMIT ?");
    storage::Rows rows = select.query(hourOf(now), kFoldedHours);
    while (rows.next()) {
      over.push_back({static_cast<RollupKind>(rows.integer(0)), RollupGrain::Hour, rows.integer(1),
                      rows.integer(2)});
    }
  }
  size_t bytes = 0;
  for (const RollupPlace& place : over) {
    Rollup hour = rollups_.load(place);
    bytes += hour.entries.size();
    addToDay(place, entriesOf(place.kind, hour.entries));
    hour.folded = true;
    rollups_.save(place, hour);
    if (bytes >= kFoldedBytes) break;
  }
  transaction.commit();
  return !over.empty();
}

bool RollupWriter::expire(UnixMillis now) {
  merge();
  const int64_t hour = hourOf(now);
  const int64_t last_day = dayOf(hour) - kDayRollupDays;
  storage::Transaction transaction(db_, storage::Transaction::Kind::Write);
  int64_t deleted = 0;
  for (const RollupKind kind : kRollupKinds) {
    // An hour that its day does not have yet waits for fold().
    deleted +=
        storage::Statement(db_,
                           "DELETE FROM rollup WHERE id IN (SELECT id FROM rollup WHERE "
                           "kind = ? AND grain = 1 AND bucket < ? AND folded = 1 LIMIT ?)")
            .run(static_cast<int>(kind), hour - kHourRollupDays * kHoursPerDay, kExpiredRollups);
    deleted += storage::Statement(db_,
                                  "DELETE FROM rollup WHERE id IN (SELECT id FROM rollup WHERE "
                                  "kind = ? AND grain = 2 AND bucket < ? LIMIT ?)")
                   .run(static_cast<int>(kind), last_day, kExpiredRollups);
  }
  if (deleted == 0) {  // what the texts were for is gone by now
    deleted = storage::Statement(db_,
                                 "DELETE FROM rollup_text WHERE id IN (SELECT id FROM rollup_text "
                                 "WHERE last_day < ? LIMIT ?)")
                  .run(last_day, kExpiredTexts);
    if (deleted > 0) pending_.texts().clear();
  }
  transaction.commit();
  return deleted > 0;
}

bool RollupWriter::expireOldest() {
  for (const char* which : {"grain = 1 AND folded = 1", "grain = 2"}) {
    storage::Statement oldest(db_, "DELETE FROM rollup WHERE id IN (SELECT id FROM rollup WHERE ",
                              std::string(which) + " ORDER BY bucket LIMIT ?)");
    if (oldest.run(kExpiredRollups) > 0) return true;
  }
  return false;
}

}  // namespace penstock::store
