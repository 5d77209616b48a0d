#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/request_totals.h"
#include "store/rollup_key.h"

// Internal to store/: the blobs of the table rollup.
//
//   entries = version(1) entry*          in ascending order of their keys
//   entry   = part{partsOf(kind)} requests cost_total rest_bytes rest
//   totals  = version(1) requests cost_total rest_bytes rest
//   rest    = errors (attempts-requests) fallbacks unpriced cost_input
//             (cost_total-cost_input-cost_output) input output cache_read buckets
//             (bucket_difference samples){buckets}
//
// All are LEB128 varints; those that may be negative (attempts, costs, tokens) in zigzag. What
// ranks entries comes first, so that a look for the biggest skips the rest.
namespace penstock::store {

struct RollupEntry {
  RollupKey key{};
  model::RequestTotals totals;
};

// An entry where it lies in its blob.
struct PackedEntry {
  RollupKey key{};
  int64_t requests = 0;
  Money cost_total;
  std::string_view rest;
  std::string_view whole;

  model::RequestTotals totals() const;
  void addTo(model::RequestTotals& sum) const;
};

// Reads a blob's entries one after another. Throws storage::SqlError (corrupt) where the blob is
// not of this form. The blob outlives the reader and its entries.
class PackReader {
 public:
  PackReader(RollupKind kind, std::string_view blob);
  bool next(PackedEntry& entry);

 private:
  // Constant after construction.
  const size_t parts_;
  std::string_view left_;
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
