#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/request_totals.h"
#include "store/rollup_key.h"

// Internal to store/: the blobs of the table rollup.
//
//   entries = version(2) heads_bytes{4} head* rest*     both in ascending order of their keys
//   head    = part{partsOf(kind)} requests cost_total rest_bytes
//   totals  = version(2) requests cost_total rest_bytes rest
//   rest    = errors (attempts-requests) fallbacks unpriced cost_input
//             (cost_total-cost_input-cost_output) input output cache_read buckets
//             (bucket_difference samples){buckets}
//
// All are LEB128 varints, but heads_bytes, which is little-endian; those that may be negative
// (attempts, costs, tokens) in zigzag. What ranks entries stands together, a sixth of it all, so
// that a look for the biggest reads that only, and then of the rest the pages that hold theirs.
namespace penstock::store {

struct RollupEntry {
  RollupKey key{};
  model::RequestTotals totals;
};

// An entry as it lies in its blob.
struct PackedEntry {
  RollupKey key{};
  int64_t requests = 0;
  Money cost_total;
  std::string_view head;
  size_t rest_begin = 0;  // among the rests
  size_t rest_bytes = 0;
  std::string_view rest;  // once it was read

  model::RequestTotals totals() const;
  void addTo(model::RequestTotals& sum) const;
};

// Where a blob's parts lie, by its first kPrologueBytes.
constexpr size_t kPrologueBytes = 5;
size_t headsBytes(std::string_view prologue);

// Reads the heads of a blob's entries one after another. This and the next throw storage::SqlError
// (corrupt) where they are not of this form; what they read outlives them and the entries.
class HeadReader {
 public:
  HeadReader(RollupKind kind, std::string_view heads) : parts_(partsOf(kind)), left_(heads) {}
  bool next(PackedEntry& entry);

 private:
  // Constant after construction.
  const size_t parts_;
  std::string_view left_;
  size_t rest_begin_ = 0;
};

// Reads the entries of a blob that is there as a whole.
class PackReader {
 public:
  PackReader(RollupKind kind, std::string_view blob);
  bool next(PackedEntry& entry);

 private:
  HeadReader heads_;
  std::string_view rests_;
};

std::string packTotals(const model::RequestTotals& totals);
model::RequestTotals unpackTotals(std::string_view blob);
// The totals as an entry without a key.
PackedEntry totalsAsEntry(std::string_view blob);

// The blob with the additions, whose keys are in ascending order, each once. Entries that have no
// addition are copied as they lie.
std::string mergePack(RollupKind kind, std::string_view blob,
                      std::span<const RollupEntry> additions);

// Varints, for other blobs.
void putVarint(std::string& out, uint64_t value);
uint64_t takeLongVarint(std::string_view& in);
inline uint64_t takeVarint(std::string_view& in) {
  if (in.empty() || static_cast<uint8_t>(in[0]) >= 0x80) return takeLongVarint(in);
  const auto value = static_cast<uint8_t>(in[0]);
  in.remove_prefix(1);
  return value;
}

}  // namespace penstock::store
