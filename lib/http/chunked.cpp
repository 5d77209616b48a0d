#include "http/chunked.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace penstock::http {
namespace {

constexpr size_t kMaxLineBytes = 1024;
constexpr size_t kMaxTrailerBytes = 8 << 10;
constexpr size_t kMaxSizeDigits = 12;  // 256 TB; the body's limit is checked by the caller

}  // namespace

// Moves bytes up to LF into line_; true when a whole line (CRLF cut off) stands there.
bool ChunkedDecoder::takeLine(std::string_view& bytes) {
  const size_t newline = bytes.find('\n');
  line_.append(bytes.substr(0, newline));
  if (line_.size() > kMaxLineBytes) malformed_ = true;
  if (newline == std::string_view::npos) {
    bytes = {};
    return false;
  }
  bytes.remove_prefix(newline + 1);
  if (line_.empty() || line_.back() != '\r') {
    malformed_ = true;
    return true;
  }
  line_.pop_back();
  if (line_.find('\r') != std::string::npos) malformed_ = true;
  return true;
}

ChunkedDecoder::State ChunkedDecoder::readSize() {
  const size_t extension = line_.find(';');
  if (extension != std::string::npos && peer_ == Peer::Client) return State::Malformed;
  const std::string_view digits = peer_ == Peer::Client
                                      ? std::string_view(line_)
                                      : trim(std::string_view(line_).substr(0, extension));
  const char* end = digits.data() + digits.size();
  if (digits.empty() || digits.size() > kMaxSizeDigits) return State::Malformed;
  const auto [stop, error] = std::from_chars(digits.data(), end, left_, 16);
  if (error != std::errc() || stop != end) return State::Malformed;
  step_ = left_ == 0 ? Step::Trailer : Step::Data;
  line_.clear();
  return State::NeedMore;
}

ChunkedDecoder::State ChunkedDecoder::feed(std::string_view& bytes,
                                           const std::function<void(std::string_view)>& data) {
  while (!bytes.empty()) {
    if (step_ == Step::Data) {
      const auto take = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
      data(bytes.substr(0, take));
      bytes.remove_prefix(take);
      left_ -= take;
      if (left_ == 0) step_ = Step::DataEnd;
      continue;
    }
    if (!takeLine(bytes)) return malformed_ ? State::Malformed : State::NeedMore;
    if (malformed_) return State::Malformed;
    if (step_ == Step::Size) {
      if (readSize() == State::Malformed) return State::Malformed;
    } else if (step_ == Step::DataEnd) {
      if (!line_.empty()) return State::Malformed;
      step_ = Step::Size;
    } else {
      if (line_.empty()) return State::Done;
      trailer_bytes_ += line_.size();
      if (peer_ == Peer::Client || trailer_bytes_ > kMaxTrailerBytes) return State::Malformed;
      line_.clear();
    }
  }
  return State::NeedMore;
}

}  // namespace penstock::http
