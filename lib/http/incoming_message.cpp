#include "http/incoming_message.h"

#include <algorithm>
#include <utility>

namespace penstock::http {

void IncomingMessage::begin(std::string_view head) {
  bytes_.assign(head);
  head_bytes_ = head.size();
  rule_ = {};
  streams_ = false;
}

Status IncomingMessage::expectBody(const BodyRule& rule, uint64_t length) {
  // Trust the declared length only so far: a client could declare much and send nothing.
  constexpr uint64_t kMostReserved = 1 << 20;
  rule_ = rule;
  if (length == 0) return Unit{};
  if (Status fits = count(length); !fits) return fits;
  if (rule_.streamed && mayBeInFile(length)) {
    if (Status begun = spool(); !begun) return begun;
    streams_ = true;
    return spool_->expect(length);
  }
  bytes_.reserve(head_bytes_ + std::min(length, kMostReserved));
  return Unit{};
}

bool IncomingMessage::mayBeInFile(uint64_t bytes) const {
  return !limits_.spool_directory.empty() && bytes > limits_.spool_bytes;
}

uint64_t IncomingMessage::bodySize() const {
  return bytes_.size() - head_bytes_ + (spool_ ? spool_->size() : 0);
}

// Checks `bytes` more of body against both limits, and counts large bodies against the shared one.
Status IncomingMessage::count(size_t bytes) {
  const uint64_t size = bodySize() + bytes;
  if (size > rule_.most) {
    return ApiError{ErrorKind::PayloadTooLarge, "payload_too_large",
                    "the request body is larger than " + std::to_string(rule_.most) + " bytes"};
  }
  if (size <= kUncountedBytes || size <= counted_) return Unit{};
  const auto more = static_cast<int64_t>(size - counted_);
  counted_ = size;
  const int64_t held = counters_.buffered.fetch_add(more, std::memory_order_relaxed) + more;
  if (held <= static_cast<int64_t>(limits_.buffered_bytes)) return Unit{};
  counters_.shed.fetch_add(1, std::memory_order_relaxed);
  ApiError error{ErrorKind::Overloaded, "overloaded", "too many large requests at once"};
  error.retry_after_ms = 1000;
  return error;
}

Status IncomingMessage::appendCounted(std::string_view body) {
  if (Status fits = count(body.size()); !fits) return fits;
  return append(body);
}

// A write to a file goes to the system's cache, as fast as to memory unless the disk cannot follow;
// then the loop waits, as that of any server that spools does.
Status IncomingMessage::append(std::string_view body) {
  if (rule_.spooled && spool_ == nullptr && mayBeInFile(bodySize() + body.size()))
    if (Status begun = spool(); !begun) return begun;
  if (spool_ != nullptr) return spool_->append(body);
  bytes_.append(body);
  return Unit{};
}

// From now on the body is in a file.
Status IncomingMessage::spool() {
  auto opened = SpoolFile::open(limits_.spool_directory);
  if (!opened) return opened.error();
  auto file = std::make_unique<SpoolFile>(*std::move(opened));
  if (Status kept = file->append(std::string_view(bytes_).substr(head_bytes_)); !kept) return kept;
  bytes_.resize(head_bytes_);
  bytes_.shrink_to_fit();
  spool_ = std::move(file);
  return Unit{};
}

Status IncomingMessage::seal() {
  if (spool_ == nullptr) return Unit{};
  const auto mapped = spool_->view();
  return mapped ? Status(Unit{}) : Status(mapped.error());
}

IncomingMessage::Taken IncomingMessage::take() {
  Taken taken{std::move(bytes_), std::move(spool_), std::exchange(head_bytes_, 0)};
  bytes_.clear();
  return taken;
}

void IncomingMessage::release() {
  if (counted_ > 0)
    counters_.buffered.fetch_sub(static_cast<int64_t>(counted_), std::memory_order_relaxed);
  counted_ = 0;
}

}  // namespace penstock::http
