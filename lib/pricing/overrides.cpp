#include "pricing/overrides.h"

#include <algorithm>

#include "base/digest.h"
#include "pricing/rates_text.h"

namespace penstock::pricing {
namespace {

constexpr size_t kDigestDigits = 8;

const OverridePrice* started(const std::vector<OverridePrice>& rows, UnixMillis time) {
  const auto holds = [time](const OverridePrice& row) {
    return row.starts_at.value_or(time) <= time;
  };
  const auto last = std::find_if(rows.rbegin(), rows.rend(), holds);
  return last == rows.rend() ? nullptr : &*last;
}

bool startsEarlier(const OverridePrice& a, const OverridePrice& b) {
  return a.starts_at < b.starts_at;  // always (nothing) comes first
}

// What decides on a price, one line a row.
std::string lineOf(const model::PriceOverride& row) {
  std::string line = row.provider + '\t' + row.model + '\t';
  if (row.starts_at) line += std::to_string(*row.starts_at);
  return line + '\t' + row.rates + '\n';
}

}  // namespace

Result<Overrides> Overrides::build(std::span<const model::PriceOverride> rows) {
  Overrides all;
  std::vector<std::string> lines;
  for (const model::PriceOverride& row : rows) {
    auto price = parseRates(row.rates);
    if (!price) {
      ApiError error{ErrorKind::Unprocessable, "validation_error", "its rates cannot be read",
                     "/pricing"};
      error.resource = "price";
      error.id = row.id;
      error.detail = "price " + row.id + ": cannot read \"" + row.rates + "\"";
      return error;
    }
    lines.push_back(lineOf(row));
    Provider& provider = all.providers_[row.provider];
    OverridePrice entry{row.id, row.starts_at, *std::move(price), row.context_window,
                        row.max_output_tokens};
    if (!row.model.ends_with('*')) {
      provider.exact[row.model].push_back(std::move(entry));
      continue;
    }
    const std::string prefix = row.model.substr(0, row.model.size() - 1);
    const auto known =
        std::ranges::find(provider.prefixes, prefix, &std::pair<std::string, Rows>::first);
    if (known == provider.prefixes.end())
      provider.prefixes.emplace_back(prefix, Rows{std::move(entry)});
    else
      known->second.push_back(std::move(entry));
  }
  for (auto& [name, provider] : all.providers_) {
    for (auto& [model, prices] : provider.exact) std::ranges::stable_sort(prices, startsEarlier);
    for (auto& [prefix, prices] : provider.prefixes)
      std::ranges::stable_sort(prices, startsEarlier);
    std::ranges::sort(provider.prefixes,
                      [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  }
  if (lines.empty()) return all;
  std::ranges::sort(lines);
  std::string text;
  for (const std::string& line : lines) text += line;
  all.digest_ = hex(sha256(text)).substr(0, kDigestDigits);
  return all;
}

const OverridePrice* Overrides::find(std::string_view provider, std::string_view model,
                                     UnixMillis start_time) const {
  const auto found = providers_.find(provider);
  if (found == providers_.end()) return nullptr;
  if (const auto exact = found->second.exact.find(model); exact != found->second.exact.end()) {
    if (const OverridePrice* row = started(exact->second, start_time)) return row;
  }
  for (const auto& [prefix, rows] : found->second.prefixes) {
    if (!model.starts_with(prefix)) continue;
    if (const OverridePrice* row = started(rows, start_time)) return row;
  }
  return nullptr;
}

}  // namespace penstock::pricing
