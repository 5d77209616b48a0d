#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::dialect {

// Whether an object or array that comes in fragments is whole, each byte looked at once. Texts that
// are no JSON are whole or not, whichever: this does not judge them.
class JsonProgress {
 public:
  void feed(std::string_view fragment);
  // Every bracket that was opened is closed, and there was one.
  bool whole() const { return opened_ && depth_ <= 0; }

 private:
  int64_t depth_ = 0;
  bool opened_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace penstock::dialect
