#pragma once

#include <cstdint>
#include <string>

#include "executor/line.h"
#include "executor/line_cursor.h"

namespace penstock::executor {

// Looks through the lines of a batch before any of them is executed, in steps, so that others get
// their turn. For one thread.
class Validation {
 public:
  Validation(const Shelf& shelf, std::string name, std::string endpoint, size_t max_line)
      : cursor_(shelf, std::move(name), max_line), endpoint_(std::move(endpoint)) {}

  // True when it is over.
  bool step();

  int64_t total() const { return total_; }
  bool failed() const { return errors_ > 0; }
  // JSON of what OpenAI's batches say: [{"code","line","message","param"}], of the first lines.
  std::string errors() const { return "[" + text_ + "]"; }

 private:
  void take();
  void complain(const ApiError& error, bool of_line = true);

  LineCursor cursor_;
  const std::string endpoint_;
  CustomIds ids_;
  int64_t total_ = 0;
  int64_t errors_ = 0;
  std::string text_;
};

}  // namespace penstock::executor
