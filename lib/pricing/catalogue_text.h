#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pricing/price.h"

namespace penstock::pricing {

// The format of catalogue/*.tsv: a line a record, its fields separated by tabs.
//
//   V  version
//   P  provider  hosts(comma)  fallback providers(comma)     starts a provider
//   M  model     rule (see match.h)   context window, if known   starts a model of it
//   R  when      rates                                       a price of it
//   #  comment
//
// when: '-' always; 2026-08-21 from that day (UTC); 00:30~16:30 within those hours (UTC). The last
// row of a model that holds is the price. rates: see rates_text.h.

// When a price holds.
struct PriceWindow {
  std::optional<int64_t> from_millis;            // since then
  int32_t minute_from = 0, minute_to = 24 * 60;  // of the day, UTC; may wrap around midnight
  bool holdsAt(int64_t unix_millis) const;
};

struct PriceRow {
  PriceWindow when;
  Price price;
};

struct ModelPrices {
  std::string_view name;  // as its provider writes it
  std::string_view rule;
  std::vector<PriceRow> rows;
  std::optional<int64_t> context_window;  // tokens
};

struct ProviderPrices {
  std::string_view id;
  std::vector<std::string_view> hosts;
  std::vector<std::string_view> fallbacks;
  std::vector<ModelPrices> models;  // the first that matches counts
};

// Parses a table; views point into it. A line it cannot read throws std::runtime_error with its
// number: the tables are part of the binary, so that is a defect of the build.
struct PriceTable {
  std::string_view version;
  std::vector<ProviderPrices> providers;
};
PriceTable parsePriceTable(std::string_view text);

}  // namespace penstock::pricing
