#include "store/rollup_pack.h"

#include "storage/database.h"

namespace penstock::store {
namespace {

constexpr char kVersion = 2;
constexpr int kSqliteCorrupt = 11;

[[noreturn]] void damaged() {
  throw storage::SqlError(kSqliteCorrupt, "a roll-up in log.db is damaged");
}

void putSigned(std::string& out, int64_t value) {
  putVarint(out, static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

int64_t takeSigned(std::string_view& in) {
  const uint64_t coded = takeVarint(in);
  return static_cast<int64_t>(coded >> 1 ^ (~(coded & 1) + 1));
}

std::string_view takeBytes(std::string_view& in, uint64_t size) {
  if (size > in.size()) damaged();
  const std::string_view bytes = in.substr(0, size);
  in.remove_prefix(size);
  return bytes;
}

void takeVersion(std::string_view& in) {
  if (in.empty() || in[0] != kVersion) damaged();
  in.remove_prefix(1);
}

void putHistogram(std::string& out, const model::LatencyHistogram& latency) {
  uint64_t buckets = 0;
  latency.each([&](size_t, uint64_t) { ++buckets; });
  putVarint(out, buckets);
  size_t last = 0;
  latency.each([&](size_t bucket, uint64_t samples) {
    putVarint(out, bucket - last);
    putVarint(out, samples);
    last = bucket;
  });
}

void takeHistogram(std::string_view& in, model::LatencyHistogram& latency) {
  uint64_t bucket = 0;
  for (uint64_t left = takeVarint(in); left > 0; --left) {
    bucket += takeVarint(in);
    if (bucket >= model::LatencyHistogram::kBuckets) damaged();
    latency.addToBucket(bucket, takeVarint(in));
  }
}

std::string restOf(const model::RequestTotals& totals) {
  std::string rest;
  putVarint(rest, static_cast<uint64_t>(totals.errors));
  putSigned(rest, totals.attempts - totals.requests);
  putVarint(rest, static_cast<uint64_t>(totals.fallbacks));
  putVarint(rest, static_cast<uint64_t>(totals.unpriced));
  putSigned(rest, totals.cost_input.nanos);
  putSigned(rest, (totals.cost_total - totals.cost_input - totals.cost_output).nanos);
  putSigned(rest, totals.input_tokens);
  putSigned(rest, totals.output_tokens);
  putSigned(rest, totals.cache_read_tokens);
  putHistogram(rest, totals.latency);
  return rest;
}

// What ranks an entry, and how long its rest is.
void putRank(std::string& out, const model::RequestTotals& totals, size_t rest_bytes) {
  putVarint(out, static_cast<uint64_t>(totals.requests));
  putSigned(out, totals.cost_total.nanos);
  putVarint(out, rest_bytes);
}

void takeRank(std::string_view& in, PackedEntry& entry) {
  constexpr uint64_t kMost = 1 << 20;  // thousands of times what a histogram needs
  entry.requests = static_cast<int64_t>(takeVarint(in));
  entry.cost_total.nanos = takeSigned(in);
  entry.rest_bytes = takeVarint(in);
  if (entry.rest_bytes > kMost) damaged();
}

// A blob while it is made.
struct Pack {
  explicit Pack(RollupKind kind) : parts(partsOf(kind)) {}

  void add(const PackedEntry& entry) {
    heads += entry.head;
    rests += entry.rest;
  }
  void add(const RollupKey& key, const model::RequestTotals& totals) {
    const std::string rest = restOf(totals);
    for (size_t i = 0; i < parts; ++i) putVarint(heads, key[i]);
    putRank(heads, totals, rest.size());
    rests += rest;
  }
  std::string blob() const {
    std::string whole(1, kVersion);
    whole.reserve(kPrologueBytes + heads.size() + rests.size());
    for (size_t i = 0; i < kPrologueBytes - 1; ++i)
      whole += static_cast<char>(heads.size() >> (8 * i) & 0xff);
    return whole.append(heads).append(rests);
  }

  const size_t parts;
  std::string heads, rests;
};

}  // namespace

void putVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

uint64_t takeLongVarint(std::string_view& in) {
  uint64_t value = 0;
  size_t i = 0;
  for (int shift = 0; i < in.size() && shift < 64; shift += 7) {
    const auto byte = static_cast<uint8_t>(in[i++]);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      in.remove_prefix(i);
      return value;
    }
  }
  damaged();
}

model::RequestTotals PackedEntry::totals() const {
  model::RequestTotals totals;
  addTo(totals);
  return totals;
}

void PackedEntry::addTo(model::RequestTotals& sum) const {
  std::string_view in = rest;
  sum.requests += requests;
  sum.cost_total += cost_total;
  sum.errors += static_cast<int64_t>(takeVarint(in));
  sum.attempts += requests + takeSigned(in);
  sum.fallbacks += static_cast<int64_t>(takeVarint(in));
  sum.unpriced += static_cast<int64_t>(takeVarint(in));
  const Money input{takeSigned(in)};
  sum.cost_input += input;
  sum.cost_output += cost_total - input - Money{takeSigned(in)};
  sum.input_tokens += takeSigned(in);
  sum.output_tokens += takeSigned(in);
  sum.cache_read_tokens += takeSigned(in);
  takeHistogram(in, sum.latency);
}

size_t headsBytes(std::string_view prologue) {
  takeVersion(prologue);
  if (prologue.size() < kPrologueBytes - 1) damaged();
  size_t bytes = 0;
  for (size_t i = 0; i < kPrologueBytes - 1; ++i)
    bytes |= size_t{static_cast<uint8_t>(prologue[i])} << (8 * i);
  return bytes;
}

bool HeadReader::next(PackedEntry& entry) {
  if (left_.empty()) return false;
  const char* const begin = left_.data();
  for (size_t i = 0; i < parts_; ++i) entry.key[i] = static_cast<uint32_t>(takeVarint(left_));
  takeRank(left_, entry);
  entry.head = {begin, static_cast<size_t>(left_.data() - begin)};
  entry.rest_begin = rest_begin_;
  rest_begin_ += entry.rest_bytes;
  return true;
}

PackReader::PackReader(RollupKind kind, std::string_view blob)
    : heads_(kind,
             [&blob] {
               if (blob.empty()) return blob;
               const size_t bytes = headsBytes(blob);
               blob.remove_prefix(kPrologueBytes);
               return takeBytes(blob, bytes);
             }()),
      rests_(blob) {}

bool PackReader::next(PackedEntry& entry) {
  if (!heads_.next(entry)) return false;
  entry.rest = takeBytes(rests_, entry.rest_bytes);
  return true;
}

std::string packTotals(const model::RequestTotals& totals) {
  const std::string rest = restOf(totals);
  std::string blob(1, kVersion);
  putRank(blob, totals, rest.size());
  return blob += rest;
}

PackedEntry totalsAsEntry(std::string_view blob) {
  PackedEntry entry;
  takeVersion(blob);
  takeRank(blob, entry);
  entry.rest = takeBytes(blob, entry.rest_bytes);
  return entry;
}

model::RequestTotals unpackTotals(std::string_view blob) { return totalsAsEntry(blob).totals(); }

std::string mergePack(RollupKind kind, std::string_view blob,
                      std::span<const RollupEntry> additions) {
  Pack merged(kind);
  merged.rests.reserve(blob.size());
  PackReader old(kind, blob);
  PackedEntry entry;
  bool more = old.next(entry);
  for (const RollupEntry& added : additions) {
    for (; more && entry.key < added.key; more = old.next(entry)) merged.add(entry);
    if (!more || entry.key != added.key) {
      merged.add(added.key, added.totals);
      continue;
    }
    model::RequestTotals sum = entry.totals();
    sum += added.totals;
    merged.add(added.key, sum);
    more = old.next(entry);
  }
  for (; more; more = old.next(entry)) merged.add(entry);
  return merged.blob();
}

}  // namespace penstock::store
