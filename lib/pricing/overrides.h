#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/text.h"
#include "model/price.h"
#include "pricing/price.h"

namespace penstock::pricing {

// One price override, read.
struct OverridePrice {
  std::string id;
  std::optional<UnixMillis> starts_at;
  Price price;
  std::optional<int64_t> context_window, max_output_tokens;
};

// The operator's own prices, indexed. Part of the configuration's snapshot: immutable, safe from
// every thread.
//
// Of what fits a request, the most particular wins: an exact model before a prefix, a longer prefix
// before a shorter; of one model's rows the last that has started. A row that has not started yet
// hides nothing.
class Overrides {
 public:
  Overrides() = default;
  // Unprocessable (resource "price") for a row whose rates cannot be read.
  static Result<Overrides> build(std::span<const model::PriceOverride> rows);

  // Of one provider; null when nothing fits. `model` is in lower case.
  const OverridePrice* find(std::string_view provider, std::string_view model,
                            UnixMillis start_time) const;

  bool empty() const { return providers_.empty(); }
  // Of the contents, eight hexadecimal digits; empty without any. Changes whenever a price does.
  const std::string& digest() const { return digest_; }

 private:
  using Rows = std::vector<OverridePrice>;  // by rising start
  struct Provider {
    std::unordered_map<std::string, Rows, TextHash, std::equal_to<>> exact;
    std::vector<std::pair<std::string, Rows>> prefixes;  // the longest first
  };
  std::unordered_map<std::string, Provider, TextHash, std::equal_to<>> providers_;
  std::string digest_;
};

}  // namespace penstock::pricing
