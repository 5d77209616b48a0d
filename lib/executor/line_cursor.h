#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "executor/shelf.h"

namespace penstock::executor {

// Reads the lines of a content one by one, holding little more than the one that it is at. Lines
// that are blank are counted and passed over.
class LineCursor {
 public:
  // Of lines that are longer than `max_line` only that they are is told.
  LineCursor(const Shelf& shelf, std::string name, size_t max_line, uint64_t offset = 0)
      : shelf_(shelf), name_(std::move(name)), max_line_(max_line), next_(offset), read_(offset) {}

  enum class Got : uint8_t { Line, TooLong, End, Failed };
  Got next();

  // Of the line that next() came to: valid until it is called again.
  std::string_view text() const { return text_; }
  uint64_t offset() const { return offset_; }  // where it begins
  int64_t number() const { return number_; }   // from 1, of the lines from where this began
  bool complete() const { return complete_; }  // a line feed ends it

 private:
  bool fill();

  const Shelf& shelf_;
  const std::string name_;
  const size_t max_line_;
  std::string buffer_;  // bytes before read_
  size_t taken_ = 0;    // of the buffer, lines that are over
  uint64_t next_;       // where the next line begins
  uint64_t read_;       // up to where the content has been read
  std::string_view text_;
  uint64_t offset_ = 0;
  int64_t number_ = 0;
  bool complete_ = false;
  bool failed_ = false;
};

}  // namespace penstock::executor
