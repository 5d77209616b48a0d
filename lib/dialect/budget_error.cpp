#include "dialect/budget_error.h"

#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kType = "budget_exceeded";

void writeBudget(json::Writer& out, const BudgetError& error) {
  out.key("budget").beginObject().field("name", error.name);
  out.field("spend_usd", error.spent).field("cap_usd", error.cap).field("period", error.period);
  out.key("period_resets_at");
  if (error.resets_at == 0)
    out.null();
  else
    out.value(iso8601(error.resets_at));
  out.field("reserved_usd", error.reserved).field("requested_usd", error.requested);
  out.field("scope", error.scope).endObject();
}

}  // namespace

std::string budgetMessage(const BudgetError& error) {
  std::string text = "budget \"" + error.name + "\" exceeded (" + error.spent.shown() + " / " +
                     error.cap.shown() + ")";
  // Otherwise it would look as if money were left for the request.
  if (error.spent < error.cap) {
    text += ": the request may cost " + error.requested.shown();
    if (error.reserved.nanos > 0)
      text += ", and " + error.reserved.shown() + " is reserved by requests under way";
  }
  return text;
}

std::string renderOpenAiBudgetError(const BudgetError& error) {
  std::string body;
  json::Writer out(body);
  out.beginObject().key("error").beginObject().field("type", kType);
  out.field("message", budgetMessage(error)).field("code", 402);
  writeBudget(out, error);
  out.endObject().endObject();
  return body;
}

std::string renderAnthropicBudgetError(const BudgetError& error) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("type", "error").key("error").beginObject().field("type", kType);
  out.field("message", budgetMessage(error));
  writeBudget(out, error);
  out.endObject().endObject();
  return body;
}

}  // namespace penstock::dialect
