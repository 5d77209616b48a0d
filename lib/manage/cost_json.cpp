#include "manage/cost_json.h"

#include <fmt/format.h>

#include "manage/answers.h"
#include "pricing/explain.h"

namespace penstock::manage {
namespace {

void writeTier(json::Writer& out, const model::RequestLog& row, const pricing::Charge* charge) {
  out.key("tier");
  if (charge == nullptr || charge->above < 0) {
    out.null();
    return;
  }
  out.beginObject().field("above_input_tokens", charge->above);
  out.field("input_tokens", row.usage.input()).endObject();
}

void writeMultiplier(json::Writer& out, const model::RequestLog& row,
                     const pricing::Charge* charge) {
  out.key("multiplier");
  if (charge == nullptr || charge->multiplier == pricing::Multiplier{}) {
    out.null();
    return;
  }
  out.beginObject().field("numerator", charge->multiplier.numerator);
  out.field("denominator", charge->multiplier.denominator);
  writeText(out, "service_tier", row.service_tier);
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

// What must be known to read the rest; null when there is nothing.
std::string noteOf(const model::RequestLog& row, const pricing::Charge* charge,
                   std::string_view prices_now) {
  if (row.basis == model::PriceBasis::Unknown) return "No price is known: nothing was charged.";
  if (row.fromCache()) return "The answer was kept in the cache: nothing was charged.";
  if (charge == nullptr) return "This row does not keep the rates that it was charged by.";
  std::string note;
  if (row.basis == model::PriceBasis::Ceiling)
    note = "No price is known of the model: the dearest rates of its provider were charged. ";
  if (row.basis == model::PriceBasis::Free)
    note = "No price is known of the model, and the project lets such cost nothing. ";
  if (row.usage.source == model::Usage::Source::Estimated)
    note += "The provider sent no usage: the tokens are an estimate. ";
  if (prices_now != row.catalogue_version)
    note += fmt::format("The prices are those of {}, when the request was made; now they are {}. ",
                        row.catalogue_version, prices_now);
  if (!note.empty()) note.pop_back();
  return note;
}

}  // namespace

void writeCostExplanation(json::Writer& out, const model::RequestLog& row,
                          std::string_view prices_now) {
  const auto parsed = pricing::parseCharge(row.charge);
  const pricing::Charge* charge = parsed ? &*parsed : nullptr;
  const pricing::Explanation explained =
      charge == nullptr ? pricing::Explanation{} : pricing::explain(*charge, row.usage);
  out.beginObject().field("request_id", row.request_id);
  writeText(out, "provider", row.provider);
  writeText(out, "model", row.model);
  out.field("basis", model::priceBasisName(row.basis));
  writeText(out, "catalogue_version", row.catalogue_version);
  out.field("current_catalogue_version", prices_now);
  writeTier(out, row, charge);
  writeMultiplier(out, row, charge);
  writeLines(out, explained);
  out.key("sum_usd").raw(charge == nullptr ? "null" : std::string_view(explained.sum));
  out.key("rounding_usd").raw(charge == nullptr ? "null" : std::string_view(explained.rounding));
  out.field("total_usd", row.cost_total);
  // False only for a row that somebody altered.
  out.field("adds_up", charge == nullptr || explained.total == row.cost_total);
  writeText(out, "note", noteOf(row, charge, prices_now));
  out.endObject();
}

}  // namespace penstock::manage
