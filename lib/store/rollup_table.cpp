#include "store/rollup_table.h"

#include <algorithm>
#include <set>

#include "store/rollups.h"

namespace penstock::store {
namespace {

std::vector<RollupKey> keysOf(RollupKind kind, std::string_view entries) {
  std::vector<RollupKey> keys;
  PackReader reader(kind, entries);
  for (PackedEntry entry; reader.next(entry);) keys.push_back(entry.key);
  return keys;
}

// Texts that have no row stay without one.
RollupKey withoutProvisional(RollupKind kind, RollupKey key) {
  for (size_t part = 0; part < partsOf(kind); ++part) {
    if (isText(kind, part) && AdmittedTexts::isProvisional(key[part])) key[part] = kOtherText;
  }
  return key;
}

}  // namespace

Rollup RollupTable::load(const RollupPlace& place) {
  Rollup rollup;
  storage::Rows rows = load_.query(static_cast<int>(place.kind), static_cast<int>(place.grain),
                                   place.bucket, place.project);
  if (!rows.next()) return rollup;
  rollup.id = rows.integer(0);
  rollup.folded = rows.flag(1);
  rollup.totals = unpackTotals(rows.blob(2));
  rollup.entries = rows.blob(3);
  return rollup;
}

void RollupTable::save(const RollupPlace& place, const Rollup& rollup) {
  const std::string totals = packTotals(rollup.totals);
  if (rollup.id != 0) {
    update_.run(rollup.folded, storage::Blob{totals}, storage::Blob{rollup.entries}, rollup.id);
  } else {
    insert_.run(static_cast<int>(place.kind), static_cast<int>(place.grain), place.bucket,
                place.project, rollup.folded, storage::Blob{totals}, storage::Blob{rollup.entries});
  }
}

uint32_t AdmittedTexts::idOf(uint32_t number, int64_t day) {
  if (number == 0) return 0;
  LocalTexts::Known& known = local_.known(number);
  if (known.id == 0) {
    storage::Rows rows = find_.query(local_.text(number));
    if (!rows.next()) return number | kProvisional;
    known = {rows.integer(0), rows.integer(1)};
  }
  if (known.last_day < day) {
    touch_.run(day, known.id);
    known.last_day = day;
  }
  return static_cast<uint32_t>(known.id);
}

RollupKey AdmittedTexts::withIds(RollupKind kind, RollupKey key, int64_t day) {
  for (size_t part = 0; part < partsOf(kind); ++part) {
    if (isText(kind, part)) key[part] = idOf(key[part], day);
  }
  return key;
}

RollupKey AdmittedTexts::admitted(RollupKind kind, RollupKey key, int64_t day) {
  for (size_t part = 0; part < partsOf(kind); ++part) {
    if (!isText(kind, part) || !isProvisional(key[part])) continue;
    const uint32_t number = key[part] & ~kProvisional;
    LocalTexts::Known& known = local_.known(number);
    if (known.id == 0) {  // another key of this roll-up may have brought it
      insert_.run(local_.text(number), day);
      known = {find_.integer(0, local_.text(number)), day};
    }
    key[part] = static_cast<uint32_t>(known.id);
  }
  return key;
}

size_t maxEntries(RollupKind kind) {
  switch (kind) {
    case RollupKind::Routes: return kMaxRoutesPerBucket;
    case RollupKind::EndUsers: return kMaxEndUsersPerBucket;
    case RollupKind::Tags: return kMaxTagsPerBucket;
  }
  return 0;
}

void fitKeys(RollupKind kind, std::string_view entries, std::vector<RollupEntry>& additions) {
  const std::vector<RollupKey> old = keysOf(kind, entries);
  const size_t limit = maxEntries(kind);
  size_t count = old.size();
  std::set<RollupKey> others;  // that were admitted just now
  const auto is_there = [&](const RollupKey& key) {
    return std::binary_search(old.begin(), old.end(), key) || others.contains(key);
  };
  for (RollupEntry& entry : additions) {
    if (is_there(entry.key)) continue;
    if (count < limit) {
      ++count;
      continue;
    }
    RollupKey other = withoutProvisional(kind, overflowKey(kind, entry.key, false));
    if (!is_there(other) && count >= 2 * limit) other = overflowKey(kind, entry.key, true);
    entry.key = other;
    if (is_there(other)) continue;
    others.insert(other);
    ++count;
  }
}

std::vector<RollupEntry> combined(std::vector<RollupEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const RollupEntry& a, const RollupEntry& b) { return a.key < b.key; });
  std::vector<RollupEntry> sums;
  sums.reserve(entries.size());
  for (RollupEntry& entry : entries) {
    if (!sums.empty() && sums.back().key == entry.key) {
      sums.back().totals += entry.totals;
    } else {
      sums.push_back(std::move(entry));
    }
  }
  return sums;
}

void addEntries(RollupKind kind, Rollup& rollup, std::span<const RollupEntry> additions) {
  for (const RollupEntry& entry : additions) rollup.totals += entry.totals;
  rollup.entries = mergePack(kind, rollup.entries, additions);
}

}  // namespace penstock::store
