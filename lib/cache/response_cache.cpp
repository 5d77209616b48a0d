#include "cache/response_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace penstock::cache {
namespace {

constexpr uint64_t kMostShards = 16;
constexpr uint64_t kLeastShardBytes = 4 << 20;
// Of an entry's nodes, its key twice, and what the allocator adds.
constexpr uint64_t kEntryOverhead = 384;
constexpr int64_t kMillis = 1000;

uint64_t shardsFor(uint64_t bytes) {
  return std::clamp<uint64_t>(bytes / kLeastShardBytes, 1, kMostShards);
}

}  // namespace

ResponseCache::ResponseCache(uint64_t bytes, const Clock& clock, metrics::Registry& metrics)
    : clock_(clock),
      hits_(metrics.counter("penstock_cache_hits_total", "Requests answered from the cache.")),
      misses_(metrics.counter("penstock_cache_misses_total",
                              "Requests that might have been answered from the cache.")),
      evictions_(metrics.counter("penstock_cache_evictions_total",
                                 "Answers that left the cache before their time, for others.")),
      shards_(shardsFor(bytes)),
      shard_bytes_(bytes / shards_.size()) {
  metrics.gauge("penstock_cache_bytes", "Bytes of kept answers.",
                [this] { return static_cast<double>(this->bytes()); });
  metrics.gauge("penstock_cache_entries", "Kept answers.",
                [this] { return static_cast<double>(entries()); });
}

uint64_t ResponseCache::bytesOf(const KeptAnswer& answer) {
  return answer.body.capacity() + answer.provider.size() + answer.provider_id.size() +
         answer.model.size() + kEntryOverhead;
}

// What was removed goes when the lock is no longer held.
void ResponseCache::remove(Shard& shard, Items::iterator item, Items& gone) {
  shard.bytes -= item->bytes;
  bytes_.fetch_sub(item->bytes, std::memory_order_relaxed);
  entries_.fetch_sub(1, std::memory_order_relaxed);
  shard.by_key.erase(item->key);
  gone.splice(gone.end(), shard.items, item);
}

ResponseCache::Entry ResponseCache::find(const Sha256& key) {
  const UnixMillis now = clock_.now();
  Items gone;
  {
    auto shard = shardOf(key).lock();
    const auto found = shard->by_key.find(key);
    if (found != shard->by_key.end()) {
      const Items::iterator item = found->second;
      if (item->expires_at > now) {
        shard->items.splice(shard->items.begin(), shard->items, item);
        hits_.add();
        return item->answer;
      }
      remove(*shard, item, gone);
    }
  }
  misses_.add();
  return nullptr;
}

void ResponseCache::put(const Sha256& key, Entry answer, int64_t ttl_seconds) {
  const uint64_t bytes = bytesOf(*answer);
  if (bytes > shard_bytes_) return;
  const UnixMillis now = clock_.now();
  Items fresh, gone;
  fresh.push_back({key, std::move(answer), now + ttl_seconds * kMillis, bytes});
  auto shard = shardOf(key).lock();
  const auto found = shard->by_key.find(key);
  if (found != shard->by_key.end()) remove(*shard, found->second, gone);
  while (shard->bytes + bytes > shard_bytes_) {
    const auto last = std::prev(shard->items.end());
    if (last->expires_at > now) evictions_.add();
    remove(*shard, last, gone);
  }
  shard->items.splice(shard->items.begin(), fresh);
  shard->by_key.emplace(key, shard->items.begin());
  shard->bytes += bytes;
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
  entries_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace penstock::cache
