// Prepaid balances: what a project, or one of its keys, may spend in all is what was put in.
#include <array>

#include "budget/period.h"
#include "config/budget_index.h"
#include "manage/amounts.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/effects.h"
#include "manage/kinds.h"
#include "manage/ledger_view.h"
#include "manage/query.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler listBalances, createBalance, showBalance, updateBalance, deleteBalance, listEntries,
    addEntry;

// Who puts in money is not who spends it.
constexpr ResourceRoute kRoutes[] = {
    {"GET", "/balances", model::Role::Viewer, listBalances},
    {"POST", "/balances", model::Role::Admin, createBalance},
    {"GET", "/balances/{balance_id}", model::Role::Viewer, showBalance},
    {"PATCH", "/balances/{balance_id}", model::Role::Admin, updateBalance},
    {"DELETE", "/balances/{balance_id}", model::Role::Admin, deleteBalance},
    {"GET", "/balances/{balance_id}/entries", model::Role::Viewer, listEntries},
    {"POST", "/balances/{balance_id}/entries", model::Role::Admin, addEntry},
};

constexpr std::string_view kList = "balances";
constexpr std::string_view kEntryList = "balance_entries";
constexpr Money kDefaultLowThreshold{10'000'000'000};
constexpr Money kLeast{1};
constexpr auto kPart = config::Part::Budgets;

void writeBalance(json::Writer& out, const model::Balance& balance, UnixMillis) {
  out.beginObject().field("id", balance.id).field("project_id", balance.project_id);
  out.field("api_key_id", balance.api_key_id).field("credit_usd", balance.credit);
  out.field("low_threshold_usd", balance.low_threshold);
  out.field("daily_cap_usd", balance.daily_cap).field("timezone", balance.timezone);
  out.field("low_alerted", balance.alerted);
  writeTime(out, "created_at", balance.created_at);
  writeTime(out, "updated_at", balance.updated_at);
  out.endObject();
}

void writeEntry(json::Writer& out, const model::BalanceEntry& entry, UnixMillis) {
  out.beginObject().field("id", entry.id).field("balance_id", entry.balance_id);
  out.field("type", entry.type).field("amount_usd", entry.amount).field("note", entry.note);
  out.field("actor_id", entry.actor_id);
  writeTime(out, "created_at", entry.created_at);
  out.endObject();
}

std::string_view projectOf(const model::Balance& balance) { return balance.project_id; }

std::optional<model::Balance> findBalance(store::Tables& tables, const Call&,
                                          std::string_view named) {
  return tables.balances.find(named);
}

// An entry with the project of its balance. Entries are not addressed one by one.
struct PlacedEntry : model::BalanceEntry {
  std::string project_id;
};
constexpr Kind<PlacedEntry> kEntry{
    "balance_entry", [](const PlacedEntry& entry) { return std::string_view(entry.project_id); },
    [](json::Writer& out, const PlacedEntry& entry, UnixMillis now) {
      writeEntry(out, entry, now);
    },
    nullptr};

Use useOf(const Services& services, store::Tables& tables, const model::Budget& budget,
          UnixMillis now) {
  return useOf(services, tables, budget, {}, budget::periodAt(budget, now));
}

// The balance with what is spent. It has no ETag: what it says changes with every request.
void writeWithUse(json::Writer& out, const Services& services, store::Tables& tables,
                  const model::Balance& balance, UnixMillis now) {
  const std::vector<model::Budget> budgets = config::budgetsOf(balance);
  const Use use = useOf(services, tables, budgets.front(), now);
  std::string json = jsonOf(kBalance, balance, now);
  json.pop_back();
  std::string more;
  json::Writer extra(more);
  extra.beginObject()
      .field("spent_usd", Money{use.spent})
      .field("reserved_usd", Money{use.reserved});
  extra.field("remaining_usd", Money{leftOf(balance.credit.nanos, use)}).key("today_usd");
  if (budgets.size() > 1) {
    extra.value(Money{useOf(services, tables, budgets.back(), now).spent});
  } else {
    extra.null();
  }
  extra.endObject();
  out.raw(json + "," + more.substr(1));
}

http::Response answerWithUse(int status, const Services& services, store::Tables& tables,
                             const model::Balance& balance, UnixMillis now) {
  return dataAnswer(status,
                    [&](json::Writer& out) { writeWithUse(out, services, tables, balance, now); });
}

// Told again when what is left falls below the threshold again. That it is below now the ledger
// notices as it hears of the change (budget/crossings.cpp).
void rearm(const Services& services, store::Tables& tables, model::Balance& balance,
           UnixMillis now) {
  if (!balance.alerted) return;
  const Use use = useOf(services, tables, config::budgetsOf(balance).front(), now);
  balance.alerted = balance.credit - Money{use.spent} < balance.low_threshold;
}

void readBalance(json::ObjectReader& body, model::Balance& balance) {
  if (const auto low = readUsd(body, "low_threshold_usd", Money{})) balance.low_threshold = *low;
  if (body.isNull("daily_cap_usd")) {
    balance.daily_cap.reset();
  } else if (const auto cap = readUsd(body, "daily_cap_usd", Money{})) {
    balance.daily_cap = cap;
  }
  if (auto zone = body.string("timezone", {.min = 1, .max = 64})) {
    if (!budget::isTimeZone(*zone)) {
      body.fail("timezone", "must be the IANA name of a time zone, such as Europe/Berlin");
    }
    balance.timezone = *std::move(zone);
  }
}

// The project, or the key, which brings its project along.
void readHolder(json::ObjectReader& body, model::Balance& balance, const Call& call,
                store::Tables& tables) {
  const bool of_key = body.has("api_key_id") && !body.isNull("api_key_id");
  if (!of_key || body.has("project_id")) {
    if (const model::Project* project = readProject(body, call)) balance.project_id = project->id;
  }
  if (!of_key) return;
  const auto id = body.string("api_key_id", {.min = 1, .max = 128});
  const auto key = id ? tables.api_keys.find(*id) : std::nullopt;
  if (!id) return;
  if (!key || key->revoked_at || !call.sees(key->project_id)) {
    return body.fail("api_key_id", "there is no such key");
  }
  if (!balance.project_id.empty() && balance.project_id != key->project_id) {
    return body.fail("api_key_id", "belongs to another project");
  }
  balance.project_id = key->project_id;
  balance.api_key_id = key->id;
}

Answer listBalances(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const std::string named = query.text("project_id");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto projects = projectFilter(call, named);
  if (!projects) return projects.error();
  syncLedger(services);
  return services.config.store().read([&](store::Tables& tables) {
    return pageAnswer(kList, tables.balances.list(*projects, page),
                      [&](json::Writer& out, const model::Balance& balance) {
                        writeWithUse(out, services, tables, balance, call.now);
                      });
  });
}

// Its credit with one more entry.
Result<Money> book(Change& change, const model::Balance& balance, model::BalanceEntry entry) {
  entry.id = change.newId("bent_");
  entry.balance_id = balance.id;
  entry.actor_id = change.call.caller.id;
  entry.created_at = change.call.now;
  auto credit = change.tables.balances.add(entry);
  if (credit) change.created(kEntry, PlacedEntry{entry, balance.project_id});
  return credit;
}

Answer createBalance(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, kPart, [&](Change& change) -> Answer {
    json::ObjectReader body(document->root());
    model::Balance balance;
    balance.low_threshold = kDefaultLowThreshold;
    readHolder(body, balance, call, change.tables);
    readBalance(body, balance);
    const auto credit = readUsd(body, "credit_usd", Money{});
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    balance.id = change.newId("bal_");
    balance.organization_id = call.caller.organization_id;
    balance.created_at = balance.updated_at = call.now;
    if (auto added = change.tables.balances.insert(balance); !added) return added.error();
    change.created(kBalance, balance);
    if (credit && *credit > Money{}) {
      change.remember(kBalance, balance);
      const auto booked = book(change, balance, {.type = "top_up", .amount = *credit});
      if (!booked) return booked.error();
      balance.credit = *booked;
      change.updated(kBalance, balance);
    }
    return answerWithUse(kCreated, services, change.tables, balance, call.now);
  });
}

Answer showBalance(Services& services, const Call& call) {
  syncLedger(services);
  return services.config.store().read([&](store::Tables& tables) -> Answer {
    const auto balance = findVisible(kBalance, tables, call, call.request.param("balance_id"));
    if (!balance) return balance.error();
    return answerWithUse(kOk, services, tables, *balance, call.now);
  });
}

Answer updateBalance(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  syncLedger(services);
  return change(services, call, kPart, [&](Change& change) -> Answer {
    auto balance = change.load(kBalance, "balance_id");
    if (!balance) return std::move(balance).error();
    const model::Balance before = *balance;
    json::ObjectReader body(document->root());
    readBalance(body, *balance);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    rearm(services, change.tables, *balance, call.now);
    if (*balance != before) {
      balance->updated_at = call.now;
      if (auto stored = change.tables.balances.update(*balance); !stored) return stored.error();
      change.updated(kBalance, *balance);
    }
    return answerWithUse(kOk, services, change.tables, *balance, call.now);
  });
}

Answer deleteBalance(Services& services, const Call& call) {
  return change(services, call, kPart, [&](Change& change) -> Answer {
    auto balance = change.load(kBalance, "balance_id");
    if (!balance) return std::move(balance).error();
    dropBalance(change, *balance);
    return deletedAnswer(balance->id);
  });
}

Answer listEntries(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kEntryList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  return services.config.store().read([&](store::Tables& tables) -> Answer {
    const auto balance = findVisible(kBalance, tables, call, call.request.param("balance_id"));
    if (!balance) return balance.error();
    return pageAnswer(kEntryList, tables.balances.entries(balance->id, page),
                      [&](json::Writer& out, const model::BalanceEntry& entry) {
                        writeEntry(out, entry, call.now);
                      });
  });
}

// A top-up is paid in, a refund gives back what should not have been charged: both add. Only an
// adjustment may take out.
model::BalanceEntry readEntry(json::ObjectReader& body) {
  static constexpr std::array<std::string_view, 3> kTypes{"top_up", "refund", "adjustment"};
  model::BalanceEntry entry;
  for (const char* field : {"type", "amount_usd"}) requireField(body, field);
  if (const auto type = body.choice("type", kTypes)) entry.type = kTypes.at(*type);
  const bool any = entry.type == "adjustment";
  if (const auto amount = readUsd(body, "amount_usd", any ? Money{INT64_MIN} : kLeast)) {
    entry.amount = *amount;
    if (entry.amount == Money{}) body.fail("amount_usd", "must not be 0");
  }
  entry.note = body.string("note", kDescription).value_or("");
  return entry;
}

// Requests go on while the change is made: from here on none of them may reserve what it takes out.
Result<budget::CapHold> holdCredit(const Services& services, store::Tables& tables,
                                   const model::Balance& balance, Money credit, UnixMillis now) {
  if (credit >= balance.credit || !services.hold_cap) return budget::CapHold();
  const model::Budget budget = config::budgetsOf(balance).front();
  const auto row = tables.ledger_buckets.find(budget.id, {}, budget::periodAt(budget, now).start);
  auto held = services.hold_cap(budget.id, credit.nanos, row ? row->settled : 0);
  if (held) return std::move(held).value();
  ApiError error{
      ErrorKind::Conflict, "credit_below_spent",
      Money{held.error()}.shown() + " is spent and reserved, more than the credit would be"};
  error.resource = "balance";
  error.id = balance.id;
  return error;
}

Answer addEntry(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  const model::BalanceEntry entry = readEntry(body);
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  syncLedger(services);
  budget::CapHold held;  // until the ledger knows the new credit, or it is what it was
  return change(services, call, kPart, [&](Change& change) -> Answer {
    auto balance = change.load(kBalance, "balance_id");
    if (!balance) return std::move(balance).error();
    const auto credit = book(change, *balance, entry);
    if (!credit) return credit.error();
    auto hold = holdCredit(services, change.tables, *balance, *credit, call.now);
    if (!hold) return std::move(hold).error();
    held = std::move(hold).value();
    balance->credit = *credit;
    balance->updated_at = call.now;
    rearm(services, change.tables, *balance, call.now);
    if (auto stored = change.tables.balances.update(*balance); !stored) return stored.error();
    change.updated(kBalance, *balance);
    return answerWithUse(kCreated, services, change.tables, *balance, call.now);
  });
}

}  // namespace

const Kind<model::Balance> kBalance{"balance", projectOf, writeBalance, findBalance};

void dropBalance(Change& change, const model::Balance& balance) {
  change.tables.balances.softDelete(balance.id, change.call.now);
  change.deleted(kBalance, balance);
}

std::span<const ResourceRoute> balanceRoutes() { return kRoutes; }

}  // namespace penstock::manage
