#include "executor/line_cursor.h"

#include "base/text.h"

namespace penstock::executor {
namespace {

constexpr size_t kPiece = 256 << 10;

}  // namespace

// False at the end, and when it cannot be read.
bool LineCursor::fill() {
  buffer_.erase(0, taken_);
  taken_ = 0;
  auto piece = shelf_.read(name_, read_, kPiece);
  failed_ = !piece;
  if (failed_ || piece->empty()) return false;
  read_ += piece->size();
  buffer_ += *piece;
  return true;
}

LineCursor::Got LineCursor::next() {
  for (;;) {
    offset_ = next_;
    size_t seen = 0;  // of this line, without a line feed
    bool too_long = false;
    size_t end = std::string::npos;
    for (;;) {
      end = buffer_.find('\n', taken_ + seen);
      if (end != std::string::npos) break;
      seen = buffer_.size() - taken_;
      if (seen > max_line_) {
        // Its bytes are let go of; where it ends is still to be found.
        too_long = true;
        next_ += seen;
        taken_ = buffer_.size();
        seen = 0;
      }
      if (!fill()) break;
    }
    if (failed_) return Got::Failed;
    complete_ = end != std::string::npos;
    const size_t stop = complete_ ? end : buffer_.size();
    text_ = std::string_view(buffer_).substr(taken_, stop - taken_);
    next_ += text_.size() + (complete_ ? 1 : 0);
    if (!complete_ && next_ == offset_) return Got::End;
    taken_ = complete_ ? stop + 1 : stop;
    ++number_;
    if (text_.ends_with('\r')) text_.remove_suffix(1);
    if (too_long || text_.size() > max_line_) return Got::TooLong;
    if (!trim(text_).empty()) return Got::Line;
  }
}

}  // namespace penstock::executor
