#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::manage {

// Writes CSV (RFC 4180) at the end of a string. A text that a spreadsheet would take for a formula
// (=, +, -, @, also as full-width characters, a tab or a line break first) gets an apostrophe
// before it: names are invented by callers, and must not run on the machine of whoever opens a
// report.
class CsvWriter {
 public:
  explicit CsvWriter(std::string& out) : out_(out) {}

  CsvWriter& text(std::string_view cell);
  CsvWriter& number(int64_t cell) { return raw(std::to_string(cell)); }
  // A number that is text already; empty for none.
  CsvWriter& raw(std::string_view cell);
  void endRow();

 private:
  void separate();

  std::string& out_;
  bool first_ = true;
};

}  // namespace penstock::manage
