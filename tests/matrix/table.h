#pragma once

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "json/document.h"
#include "matrix/exchange.h"

namespace penstock::test::matrix {

// What a cell is called in the table.
struct Kind {
  std::string word;  // "passthrough", "golden", "lossy", "refused"
  std::string why;   // what was lost, or the reason that the caller was told
};

inline std::string messageOf(const std::string& error) {
  const auto document = json::parse(error);
  const auto object = document ? document->root().find("error") : std::nullopt;
  return std::string(object ? object->stringAt("message").value_or(error) : error);
}

inline Kind kindOf(const Cell& cell, const Exchange& played) {
  if (!played.asked) return {"refused", messageOf(played.answer)};
  if (!played.dropped.empty()) return {"lossy", played.dropped};
  return {cell.passesThrough() ? "passthrough" : "golden", ""};
}

// A client API a table, a case a row, a provider's dialect a column; below them what the notes say
// and how many cells there are of each kind.
class Table {
 public:
  void add(const Cell& cell, const Kind& kind) {
    const std::string row = std::string(cell.feature) + (cell.stream ? ", stream" : "");
    if (rows_[cell.surface->name].emplace(row, std::vector<std::string>{}).second)
      order_[cell.surface->name].push_back(row);
    rows_[cell.surface->name][row].push_back(
        kind.why.empty() ? kind.word : kind.word + " [" + noteOf(kind.why) + "]");
    ++counts_[kind.word];
  }

  std::string text() const {
    std::string out;
    for (const Surface& surface : kSurfaces) {
      out += line(std::string(surface.name) + " asks", headings());
      for (const std::string& row : order_.at(surface.name))
        out += line(row, rows_.at(surface.name).at(row));
      out += "\n";
    }
    for (size_t i = 0; i < notes_.size(); ++i)
      out += "[" + std::to_string(i + 1) + "] " + notes_[i] + "\n";
    size_t all = 0;
    std::string kinds;
    for (const auto& [word, count] : counts_) {
      all += count;
      kinds += (kinds.empty() ? "" : ", ") + std::to_string(count) + " " + word;
    }
    return out + "\n" + std::to_string(all) + " cells: " + kinds + "\n";
  }

 private:
  static std::vector<std::string> headings() {
    std::vector<std::string> names;
    for (const Provider& provider : kProviders) names.emplace_back(provider.name);
    return names;
  }
  static std::string line(const std::string& head, const std::vector<std::string>& cells) {
    std::string text = padded(head, 23);
    for (const std::string& cell : cells) text += padded(cell, 14);
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }
  static std::string padded(std::string text, size_t width) {
    text.resize(std::max(width, text.size() + 1), ' ');
    return text;
  }
  std::string noteOf(const std::string& why) {
    auto found = std::find(notes_.begin(), notes_.end(), why);
    if (found == notes_.end()) found = notes_.insert(found, why);
    return std::to_string(found - notes_.begin() + 1);
  }

  std::map<std::string, std::map<std::string, std::vector<std::string>>> rows_;
  std::map<std::string, std::vector<std::string>> order_;
  std::vector<std::string> notes_;
  std::map<std::string, size_t> counts_;
};

}  // namespace penstock::test::matrix
