#include "manage/csv.h"

namespace penstock::manage {

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
  const bool is_formula =
      !cell.empty() && std::string_view("=+-@\t\r").find(cell[0]) != std::string_view::npos;
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
