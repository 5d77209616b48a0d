#include "model/request_totals.h"

namespace penstock::model {
namespace {

// Applies `f` to each number of both.
template <typename F>
void eachPair(RequestTotals& a, const RequestTotals& b, const F& f) {
  f(a.requests, b.requests);
  f(a.errors, b.errors);
  f(a.attempts, b.attempts);
  f(a.fallbacks, b.fallbacks);
  f(a.unpriced, b.unpriced);
  f(a.cost_input, b.cost_input);
  f(a.cost_output, b.cost_output);
  f(a.cost_total, b.cost_total);
  f(a.input_tokens, b.input_tokens);
  f(a.output_tokens, b.output_tokens);
  f(a.cache_read_tokens, b.cache_read_tokens);
  f(a.latency, b.latency);
}

}  // namespace

void RequestTotals::add(const RequestLog& row) {
  const int64_t input = row.usage.input();
  const int64_t output = row.usage.output();
  ++requests;
  errors += row.status >= 400 ? 1 : 0;
  attempts += row.attempts;
  fallbacks += row.attempts > 1 ? 1 : 0;
  unpriced += row.basis == PriceBasis::Unknown && input + output > 0 ? 1 : 0;
  cost_input += row.cost_input;
  cost_output += row.cost_output;
  cost_total += row.cost_total;
  input_tokens += input;
  output_tokens += output;
  cache_read_tokens += row.usage.input_cache_read + row.usage.input_cache_read_audio +
                       row.usage.input_cache_read_image;
  latency.add(row.latency_us);
}

RequestTotals& RequestTotals::operator+=(const RequestTotals& other) {
  eachPair(*this, other, [](auto& a, const auto& b) { a += b; });
  return *this;
}

RequestTotals& RequestTotals::operator-=(const RequestTotals& other) {
  eachPair(*this, other, [](auto& a, const auto& b) { a -= b; });
  return *this;
}

}  // namespace penstock::model
