#include "store/rollup_blob.h"

#include <string_view>

namespace penstock::store {
namespace {

// What lies between two that are asked for is read along when it is less: half a page of the file.
constexpr size_t kGapBytes = 2048;

}  // namespace

HeadReader RollupBlob::open(RollupKind kind, int64_t id) {
  blob_.open(id);
  heads_.clear();
  if (blob_.size() > 0) {
    blob_.read(0, kPrologueBytes, heads_);
    blob_.read(kPrologueBytes, headsBytes(heads_), heads_);
  }
  return {kind, heads_};
}

// Reads the rests from that of `first` on until a gap; the end of those that were read.
size_t RollupBlob::readRun(std::vector<Chosen>& chosen, size_t first) {
  const size_t begin = chosen[first].entry.rest_begin;
  size_t end = begin + chosen[first].entry.rest_bytes;
  size_t last = first + 1;
  for (; last < chosen.size() && chosen[last].entry.rest_begin - end <= kGapBytes; ++last) {
    end = chosen[last].entry.rest_begin + chosen[last].entry.rest_bytes;
  }
  blob_.read(kPrologueBytes + heads_.size() + begin, end - begin, rests_);
  for (size_t i = first; i < last; ++i) {
    PackedEntry& entry = chosen[i].entry;
    entry.rest = std::string_view(rests_).substr(entry.rest_begin - begin, entry.rest_bytes);
  }
  return last;
}

}  // namespace penstock::store
