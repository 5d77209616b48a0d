#include "manage/csv.h"

#include <algorithm>

namespace penstock::manage {
namespace {

// What spreadsheets take for the begin of a formula, or cut off before they look for one; the last
// are the wide forms of the first four.
constexpr std::string_view kBegins[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                        "\n", "＝", "＋", "－", "＠"};

bool isFormula(std::string_view cell) {
  return std::ranges::any_of(kBegins,
                             [&](std::string_view begin) { return cell.starts_with(begin); });
}

}  // namespace

void CsvWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

CsvWriter& CsvWriter::raw(std::string_view cell) {
  separate();
  out_ += cell;
  return *this;
}

CsvWriter& CsvWriter::text(std::string_view cell) {
  separate();
  const bool is_formula = isFormula(cell);
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    if (is_formula) out_ += '\'';
    out_ += cell;
    return *this;
  }
  out_ += is_formula ? "\"'" : "\"";
  for (const char c : cell) {
    out_ += c;
    if (c == '"') out_ += '"';
  }
  out_ += '"';
  return *this;
}

void CsvWriter::endRow() {
  out_ += "\r\n";
  first_ = true;
}

}  // namespace penstock::manage
