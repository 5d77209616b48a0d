#include "dialect/estimate.h"

#include <algorithm>

namespace penstock::dialect {

void TextSize::add(std::string_view text) {
  const auto other =
      std::ranges::count_if(text, [](char c) { return static_cast<signed char>(c) < 0; });
  other_ += other;
  ascii_ += static_cast<int64_t>(text.size()) - other;
}

}  // namespace penstock::dialect
