#include "manage/cost_json.h"

#include <fmt/format.h>

#include "manage/answers.h"
#include "pricing/bill_text.h"
#include "pricing/explain.h"
#include "trace/stored_decision.h"

namespace penstock::manage {
namespace {

void writeTier(json::Writer& out, const pricing::Charge* charge, const model::Usage& usage) {
  out.key("tier");
  if (charge == nullptr || charge->above < 0) {
    out.null();
    return;
  }
  out.beginObject().field("above_input_tokens", charge->above);
  out.field("input_tokens", usage.input()).endObject();
}

void writeMultiplier(json::Writer& out, const pricing::Charge* charge,
                     std::string_view service_tier) {
  out.key("multiplier");
  if (charge == nullptr || charge->multiplier == pricing::Multiplier{}) {
    out.null();
    return;
  }
  out.beginObject().field("numerator", charge->multiplier.numerator);
  out.field("denominator", charge->multiplier.denominator);
  writeText(out, "service_tier", service_tier);
  out.endObject();
}

void writeLines(json::Writer& out, const pricing::Explanation& explained) {
  out.key("lines").beginArray();
  for (const pricing::CostLine& line : explained.lines) {
    out.beginObject().field("kind", line.kind).field("quantity", line.quantity);
    out.field("unit", line.unit).rawField("rate_usd", line.rate).field("rate_per", line.per);
    out.field("multiplied", line.multiplied).rawField("amount_usd", line.amount).endObject();
  }
  out.endArray();
}

// One of several calls that were billed: its place among the trace's attempts, from 1.
struct BilledCall {
  size_t number = 0;
  model::Attempt attempt;
  pricing::BillText bill;
};

std::vector<BilledCall> callsOf(const model::RequestLog& row) {
  std::vector<BilledCall> calls;
  size_t number = 0;
  for (model::Attempt& attempt : trace::storedAttempts(row.decision)) {
    ++number;
    if (auto bill = pricing::parseBill(attempt.bill))
      calls.push_back({number, std::move(attempt), *std::move(bill)});
  }
  return calls;
}

// The lines of each, and whether they come to the request's total.
bool writeCalls(json::Writer& out, const std::vector<BilledCall>& calls, Money total) {
  int64_t sum = 0;
  out.key("calls").beginArray();
  for (const BilledCall& call : calls) {
    const auto& [charge, usage, service_tier] = call.bill;
    const pricing::Explanation explained = pricing::explain(charge, usage);
    out.beginObject().field("attempt", static_cast<int64_t>(call.number));
    writeText(out, "provider", call.attempt.provider);
    writeText(out, "model", call.attempt.model);
    writeTier(out, &charge, usage);
    writeMultiplier(out, &charge, service_tier);
    writeLines(out, explained);
    out.rawField("sum_usd", explained.sum).rawField("rounding_usd", explained.rounding);
    out.field("total_usd", explained.total).endObject();
    sum += explained.total.nanos;
  }
  out.endArray();
  return calls.empty() || sum == total.nanos;
}

// What must be known to read the rest; null when there is nothing.
std::string noteOf(const model::RequestLog& row, bool explained, bool several,
                   std::string_view prices_now) {
  if (row.basis == model::PriceBasis::Unknown && !several)
    return "No price is known: nothing was charged.";
  if (row.fromCache()) return "The answer was kept in the cache: nothing was charged.";
  if (!explained && row.endpoint == "batches.usage")
    return "A batch is billed answer by answer: its row has the sums, not the rates of each.";
  if (!explained) return "This row does not keep the rates that it was charged by.";
  std::string note;
  if (row.basis == model::PriceBasis::Ceiling && !several)
    note = "No price is known of the model: the dearest rates of its provider were charged. ";
  if (row.basis == model::PriceBasis::Free && !several)
    note = "No price is known of the model, and the project lets such cost nothing. ";
  if (row.usage.source == model::Usage::Source::Estimated)
    note += "The provider did not say all of the usage: what it left out is an estimate. ";
  if (prices_now != row.catalogue_version)
    note += fmt::format("The prices are those of {}, when the request was made; now they are {}. ",
                        row.catalogue_version, prices_now);
  if (!note.empty()) note.pop_back();
  return note;
}

}  // namespace

void writeCostExplanation(json::Writer& out, const model::RequestLog& row,
                          std::string_view prices_now) {
  const std::vector<BilledCall> calls = callsOf(row);
  const auto parsed = pricing::parseCharge(calls.empty() ? row.charge : std::string());
  const bool known = parsed && !row.charge.empty() && calls.empty();
  const pricing::Charge* charge = known ? &*parsed : nullptr;
  const pricing::Explanation explained =
      charge == nullptr ? pricing::Explanation{} : pricing::explain(*charge, row.usage);
  out.beginObject().field("request_id", row.request_id);
  writeText(out, "provider", row.provider);
  writeText(out, "model", row.model);
  out.field("basis", model::priceBasisName(row.basis));
  writeText(out, "catalogue_version", row.catalogue_version);
  out.field("current_catalogue_version", prices_now);
  writeTier(out, charge, row.usage);
  writeMultiplier(out, charge, row.service_tier);
  writeLines(out, explained);
  out.key("sum_usd").raw(charge == nullptr ? "null" : std::string_view(explained.sum));
  out.key("rounding_usd").raw(charge == nullptr ? "null" : std::string_view(explained.rounding));
  const bool calls_add_up = writeCalls(out, calls, row.cost_total);
  out.field("total_usd", row.cost_total);
  // False only for a row that somebody altered.
  out.field("adds_up", calls_add_up && (charge == nullptr || explained.total == row.cost_total));
  writeText(out, "note",
            noteOf(row, charge != nullptr || !calls.empty(), !calls.empty(), prices_now));
  out.endObject();
}

}  // namespace penstock::manage
