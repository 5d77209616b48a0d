#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/ip_range.h"
#include "model/key.h"

namespace penstock::config {

// Keys as a snapshot holds them: with their lists of addresses parsed.
struct ApiKey : model::ApiKey {
  IpAllowList addresses;
};
struct ManagementKey : model::ManagementKey {
  IpAllowList addresses;
};

// When the presented secret of this key stops working, if ever: the one before the last rotation
// has its own time, which is never after the key's.
template <typename Key>
std::optional<UnixMillis> expiryOf(const Key& key, const Sha256& presented) {
  if (presented == key.hash) return key.expires_at;
  const UnixMillis until = key.previous_expires_at.value_or(0);
  return key.expires_at ? std::min(until, *key.expires_at) : until;
}

// A digest is uniformly distributed: its first bytes are the hash.
struct DigestHash {
  size_t operator()(const Sha256& digest) const {
    size_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
  }
};

// Keys by the hashes of their secrets: the present one, and the one before the last rotation while
// the store has it. Immutable. Split into shards behind pointers, so that an index in which a few
// hashes mean something else shares all but those hashes' shards with the one before: a change of
// one among 10,000 keys copies some forty pointers.
template <typename Key>
class KeyIndex {
 public:
  using KeyPtr = std::shared_ptr<const Key>;
  // What a hash means from now on; null: nothing.
  using Change = std::pair<Sha256, KeyPtr>;

  static std::shared_ptr<const KeyIndex> of(const std::vector<KeyPtr>& keys) {
    std::vector<Change> all;
    all.reserve(keys.size());
    for (const KeyPtr& key : keys) {
      if (key->previous_hash) all.emplace_back(*key->previous_hash, key);
    }
    for (const KeyPtr& key : keys) all.emplace_back(key->hash, key);
    return KeyIndex().with(std::move(all));
  }

  // This index with the changes made, in their order.
  std::shared_ptr<const KeyIndex> with(std::vector<Change> changes) const {
    std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
      return shardOf(a.first) < shardOf(b.first);
    });
    auto next = std::make_shared<KeyIndex>(*this);
    for (auto first = changes.begin(); first != changes.end();) {
      const size_t shard = shardOf(first->first);
      const auto last = std::find_if(first, changes.end(), [shard](const Change& change) {
        return shardOf(change.first) != shard;
      });
      next->replaceShard(shard, {first, last});
      first = last;
    }
    return next;
  }

  const Key* find(const Sha256& hash) const {
    const auto& shard = shards_[shardOf(hash)];
    if (shard == nullptr) return nullptr;
    const auto found = shard->find(hash);
    return found == shard->end() ? nullptr : found->second.get();
  }

  // By the key's own id. Looks at all of them: for what is asked rarely.
  const Key* findById(std::string_view id) const {
    for (const auto& shard : shards_) {
      if (shard == nullptr) continue;
      for (const auto& [hash, key] : *shard) {
        if (key->id == id) return key.get();
      }
    }
    return nullptr;
  }

  size_t size() const { return size_; }  // keys, however many secrets they have

 private:
  using Shard = std::unordered_map<Sha256, KeyPtr, DigestHash>;

  // Not the byte that the map itself goes by.
  static size_t shardOf(const Sha256& hash) { return hash.back(); }

  static size_t countIn(const Shard& shard) {
    return static_cast<size_t>(std::count_if(shard.begin(), shard.end(), [](const auto& entry) {
      return entry.first == entry.second->hash;
    }));
  }

  void replaceShard(size_t place, std::span<Change> changes) {
    std::shared_ptr<const Shard>& shard = shards_[place];
    auto next = shard == nullptr ? std::make_shared<Shard>() : std::make_shared<Shard>(*shard);
    if (shard != nullptr) size_ -= countIn(*shard);
    for (auto& [hash, key] : changes) {
      if (key == nullptr) {
        next->erase(hash);
      } else {
        (*next)[hash] = std::move(key);
      }
    }
    size_ += countIn(*next);
    shard = std::move(next);
  }

  std::array<std::shared_ptr<const Shard>, 256> shards_;
  size_t size_ = 0;
};

using ApiKeyIndex = KeyIndex<ApiKey>;
using ManagementKeyIndex = KeyIndex<ManagementKey>;

}  // namespace penstock::config
