#pragma once

#include <span>
#include <string>
#include <string_view>

#include "json/value.h"

namespace penstock::cli {

// One column: its head, and the member it shows; "cost.total_usd" is a member of a member.
struct Column {
  std::string_view title;
  std::string_view key;
};

// The text with '?' for characters that could steer the terminal (controls, C1 ones too).
std::string printable(std::string_view text);

// In a terminal's columns: characters, not bytes.
size_t widthOf(std::string_view text);

// An array of objects as aligned columns, for people. "-" stands for null and absent; cells
// are printable().
std::string tableOf(json::ValueRef rows, std::span<const Column> columns);

// One object, a line a field.
std::string fieldsOf(json::ValueRef object, std::span<const Column> columns);

}  // namespace penstock::cli
