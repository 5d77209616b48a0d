#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "model/request_totals.h"
#include "store/log_dictionary.h"
#include "store/rollup_key.h"

// Internal to store/.
namespace penstock::store {

// Callers' texts as small numbers of this process, before they are admitted to rollup_text.
class LocalTexts {
 public:
  LocalTexts() { clear(); }
  uint32_t numberOf(std::string_view text);  // 0 for the empty text
  const std::string& text(uint32_t number) const { return *texts_[number].text; }
  size_t size() const { return texts_.size(); }
  void clear();

  // What is known of its row in rollup_text; id 0: nothing yet, -1: it has none.
  struct Known {
    int64_t id = 0;
    int64_t last_day = 0;
  };
  Known& known(uint32_t number) { return texts_[number].known; }

 private:
  struct Text {
    const std::string* text;  // the key in numbers_
    Known known;
  };
  std::unordered_map<std::string, uint32_t, TextHash, std::equal_to<>> numbers_;
  std::vector<Text> texts_;
};

// The sums of rows that are in no roll-up yet, in memory.
class PendingRollups {
 public:
  struct Place {
    RollupKind kind;
    int64_t hour;
    uint32_t project;                                // in dictionary
    auto operator<=>(const Place&) const = default;  // NOLINT(modernize-use-nullptr): its 0
  };
  struct KeyHash {
    size_t operator()(const RollupKey& key) const;
  };
  // Keys have numbers of texts() for ids of rollup_text.
  using Sums = std::unordered_map<RollupKey, model::RequestTotals, KeyHash>;

  // `dictionary` knows the row's words already.
  void add(const model::RequestLog& row, LogDictionary& dictionary);

  // The totals may be moved from by whoever calls clear() next.
  std::map<Place, Sums>& sums() { return sums_; }
  LocalTexts& texts() { return texts_; }
  size_t rows() const { return rows_; }
  void clear();  // keeps the texts, unless they are many

 private:
  LocalTexts texts_;
  std::map<Place, Sums> sums_;
  size_t rows_ = 0;
};

}  // namespace penstock::store
