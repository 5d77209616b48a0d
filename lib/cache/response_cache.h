#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/sync.h"
#include "metrics/registry.h"

namespace penstock::cache {

// An answer that was given, whole, and who made it.
struct KeptAnswer {
  std::string body;  // JSON
  std::string provider;
  std::string provider_id;
  std::string model;
};

// Keeps answers for as long as they were put for and there is room; what was used least recently
// goes first. Thread-safe; no lock is held for longer than a look-up, and callers with different
// keys seldom share one. Counts penstock_cache_{hits,misses,evictions}_total, and tells
// penstock_cache_{bytes,entries}.
class ResponseCache {
 public:
  using Entry = std::shared_ptr<const KeptAnswer>;

  // At most so many bytes, what it needs to find them included. The clock and the registry outlive
  // it; nobody asks the registry once it has gone.
  ResponseCache(uint64_t bytes, const Clock& clock, metrics::Registry& metrics);

  // Null when there is none, or it has had its time. Counts a hit or a miss.
  Entry find(const Sha256& key);

  // Replaces what is there. What is larger than maxEntryBytes() is not kept.
  void put(const Sha256& key, Entry answer, int64_t ttl_seconds);

  // Of a body with what belongs to it.
  uint64_t maxEntryBytes() const { return shard_bytes_; }
  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  int64_t entries() const { return entries_.load(std::memory_order_relaxed); }

 private:
  struct Item {
    Sha256 key;
    Entry answer;
    UnixMillis expires_at = 0;
    uint64_t bytes = 0;
  };
  using Items = std::list<Item>;
  struct KeyHash {
    size_t operator()(const Sha256& key) const {
      size_t hash = 0;
      std::memcpy(&hash, key.data(), sizeof hash);
      return hash;
    }
  };
  struct Shard {
    Items items;  // the most recently used first
    std::unordered_map<Sha256, Items::iterator, KeyHash> by_key;
    uint64_t bytes = 0;
  };
  static uint64_t bytesOf(const KeptAnswer& answer);
  // Any byte but those that the map goes by.
  Sync<Shard>& shardOf(const Sha256& key) { return shards_[key.back() % shards_.size()]; }
  void remove(Shard& shard, Items::iterator item, Items& gone);

  // Constant after construction.
  const Clock& clock_;
  metrics::Counter& hits_;
  metrics::Counter& misses_;
  metrics::Counter& evictions_;
  std::vector<Sync<Shard>> shards_;
  const uint64_t shard_bytes_;

  std::atomic<uint64_t> bytes_{0};
  std::atomic<int64_t> entries_{0};
};

}  // namespace penstock::cache
