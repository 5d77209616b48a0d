#pragma once

#include <map>
#include <set>
#include <string>

#include "json/reader.h"
#include "manage/change.h"
#include "model/budget.h"
#include "store/tables.h"

// Budgets in a document: what they are about is named as people name it. Of several keys of one
// name, `api_key_number` says which, oldest first.
namespace penstock::manage {

// What documents call the things that budgets are about.
class BudgetNames {
 public:
  // `ignored`: ids of keys that do not count, since the document lacks them.
  BudgetNames(store::Tables& tables, std::set<std::string> ignored = {})
      : tables_(tables), ignored_(std::move(ignored)) {}

  // Lays what the item says over a budget of that project, or of all when there is none.
  void read(json::ObjectReader& item, model::Budget& budget);
  // Whether it can be named: a budget about something that is gone is in no document.
  bool canName(const model::Budget& budget);
  // As an object of the section; `project` is the slug, empty for a budget of all projects.
  void write(json::Writer& out, const model::Budget& budget, const std::string& project);
  // The alerts as they stand in a document, in an order of their own.
  std::string alertsJson(std::span<const model::BudgetAlert> alerts);
  // Records what is wrong with the item's alerts for the budget that it `wanted`; `before` is that
  // budget as it is, if it is there.
  void checkAlerts(json::ObjectReader& item, const model::Budget* before,
                   const model::Budget& wanted);

 private:
  struct KeyName {
    std::string name;
    int64_t number = 1;
  };
  std::optional<KeyName> nameOfKey(const model::Budget& budget);
  std::optional<std::string> keyNamed(const std::string& project_id, const KeyName& named);
  void readReference(json::ObjectReader& item, model::Budget& budget);

  store::Tables& tables_;
  const std::set<std::string> ignored_;
};

// `alerts` of an item: makes the budget's alerts those, when they are others. Absent leaves them.
void reconcileAlerts(json::ObjectReader& item, Change& change, BudgetNames& names,
                     const model::Budget& budget);

}  // namespace penstock::manage
