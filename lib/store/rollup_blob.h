#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/blob_reader.h"
#include "store/rollup_pack.h"

// Internal to store/.
namespace penstock::store {

// Reads of a roll-up's entries the heads, and of the rests those that are asked for: of 20,000 end
// users a report names a hundred. Used within a transaction.
class RollupBlob {
 public:
  explicit RollupBlob(storage::Database& db) : blob_(db, "rollup", "entries") {}

  // An entry that is asked for, and what for.
  struct Chosen {
    uint32_t group = 0;
    PackedEntry entry;
  };

  // The entries of that row from now on. Their heads are valid until the next open().
  HeadReader open(RollupKind kind, int64_t id);
  // Reads their rests, in the order in which they lie, and calls f with each when it has its own.
  template <typename F>
  void readRests(std::vector<Chosen>& chosen, const F& f) {
    for (size_t next = 0; next < chosen.size();) {
      const size_t end = readRun(chosen, next);
      for (; next < end; ++next) f(chosen[next]);
    }
  }

 private:
  size_t readRun(std::vector<Chosen>& chosen, size_t first);

  storage::BlobReader blob_;
  std::string heads_;
  std::string rests_;  // of the run that was read last
};

}  // namespace penstock::store
