#include "table.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace penstock::cli {
namespace {

constexpr size_t kGap = 2;

// JSON, but fractions without exponents: 0.0000108, not 1.08e-05.
std::string plainText(json::ValueRef value) {
  const auto number = value.asDouble();
  if (!number || value.asInt()) return value.text();
  std::string text = fmt::format("{:.9f}", *number);
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string cellOf(json::ValueRef object, std::string_view key) {
  std::optional<json::ValueRef> value = object;
  split(key, '.', [&](std::string_view step) {
    if (value) value = value->find(step);
  });
  if (!value || value->isNull()) return "-";
  std::string text = value->isString() ? std::string(*value->asString()) : plainText(*value);
  return text.empty() ? "-" : printable(text);
}

void appendPadded(std::string& out, const std::string& text, size_t width) {
  out += text;
  out.append(width - widthOf(text) + kGap, ' ');
}

void endLine(std::string& out) {
  while (out.ends_with(' ')) out.pop_back();
  out += "\n";
}

}  // namespace

size_t widthOf(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string printable(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    const bool c1 = byte == 0xC2 && next >= 0x80 && next < 0xA0;  // U+0080 to U+009F
    out.push_back(byte < 0x20 || byte == 0x7f || c1 ? '?' : text[i]);
    if (c1) ++i;
  }
  return out;
}

std::string tableOf(json::ValueRef rows, std::span<const Column> columns) {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : columns) lines[0].emplace_back(column.title);
  for (const json::ValueRef row : rows.elements()) {
    lines.emplace_back();
    for (const Column& column : columns) lines.back().push_back(cellOf(row, column.key));
  }
  std::vector<size_t> widths(columns.size(), 0);
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], widthOf(line[i]));
  }
  std::string out;
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) appendPadded(out, line[i], widths[i]);
    endLine(out);
  }
  return out;
}

std::string fieldsOf(json::ValueRef object, std::span<const Column> columns) {
  size_t width = 0;
  for (const Column& column : columns) width = std::max(width, widthOf(column.title));
  std::string out;
  for (const Column& column : columns) {
    appendPadded(out, std::string(column.title), width);
    out += cellOf(object, column.key);
    endLine(out);
  }
  return out;
}

}  // namespace penstock::cli
