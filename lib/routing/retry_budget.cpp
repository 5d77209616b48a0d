#include "routing/retry_budget.h"

#include <algorithm>

namespace penstock::routing {
namespace {

// A word: the second's low 20 bits, 24 bits of requests, 20 bits of retries. Twelve days pass until
// a second comes again, and then its slot was used by others.
constexpr unsigned kRequestBits = 24;
constexpr unsigned kRetryBits = 20;
constexpr uint64_t kSecondMask = (1ULL << 20) - 1;
constexpr uint64_t kRequestMask = (1ULL << kRequestBits) - 1;
constexpr uint64_t kRetryMask = (1ULL << kRetryBits) - 1;

uint64_t secondOf(UnixMillis now) { return static_cast<uint64_t>(now / 1000); }

}  // namespace

void RetryBudget::countRequest(UnixMillis now) { add(now, 1, 0); }

bool RetryBudget::tryRetry(UnixMillis now) {
  const uint64_t newest = secondOf(now);
  std::lock_guard lock(retrying_);
  uint64_t requests = 0;
  uint64_t retries = 0;
  for (const auto& word : seconds_) {
    const Counts counts = unpack(word.load(std::memory_order_relaxed));
    if (((newest - counts.second) & kSecondMask) >= static_cast<uint64_t>(kSeconds)) continue;
    requests += counts.requests;
    retries += counts.retries;
  }
  const uint64_t allowed =
      std::max<uint64_t>(requests / kRequestsPerRetry, kSeconds * kFloorPerSecond);
  if (retries >= allowed) return false;
  add(now, 0, 1);
  return true;
}

RetryBudget::Counts RetryBudget::unpack(uint64_t word) {
  return {word >> (kRequestBits + kRetryBits), (word >> kRetryBits) & kRequestMask,
          word & kRetryMask};
}

uint64_t RetryBudget::pack(const Counts& counts) {
  return counts.second << (kRequestBits + kRetryBits) |
         std::min(counts.requests, kRequestMask) << kRetryBits |
         std::min(counts.retries, kRetryMask);
}

void RetryBudget::add(UnixMillis now, uint64_t requests, uint64_t retries) {
  const uint64_t second = secondOf(now) & kSecondMask;
  std::atomic<uint64_t>& slot = seconds_[secondOf(now) % seconds_.size()];
  uint64_t word = slot.load(std::memory_order_relaxed);
  uint64_t next = 0;
  do {
    Counts counts = unpack(word);
    if (counts.second != second) counts = {second, 0, 0};
    counts.requests += requests;
    counts.retries += retries;
    next = pack(counts);
  } while (!slot.compare_exchange_weak(word, next, std::memory_order_relaxed));
}

}  // namespace penstock::routing
