#pragma once

#include <string>
#include <string_view>

#include "json/reader.h"
#include "manage/resource.h"
#include "model/budget.h"
#include "store/tables.h"

// The fields of a budget, for the resource, its status and the declarative configuration.
namespace penstock::manage {

// Lays over a budget, which is empty or the present state, what a body says of it, and records what
// is wrong: everything but what it is about.
void readBudgetTerms(json::ObjectReader& body, model::Budget& budget);

// Records an error when a new budget has no cap in its unit.
void requireCap(json::ObjectReader& body, const model::Budget& budget);

// What a budget is about, named by ids: `scope`, `project_id` and the scope's own field. What is
// named must exist and be visible to the caller. A budget without a project is for callers who are
// not confined.
void readBudgetSubject(json::ObjectReader& body, model::Budget& budget, const Call& call,
                       store::Tables& tables);

// `scope` and those of the scope's fields that name nothing: end_user, tag_key, tag_value, model.
// Absent, null or "*": a bucket for every value.
void readBudgetScope(json::ObjectReader& body, model::Budget& budget);
// Records an error when a field of another scope is there: "api_key_id" of one that is about tags.
// True when the field may be read.
bool mayRead(json::ObjectReader& body, std::string_view field, const model::Budget& budget,
             model::BudgetScope scope);
// The field's text, unless that is null or "*".
std::optional<std::string> readValue(json::ObjectReader& body, std::string_view field);

// The fields that readBudgetTerms() reads, without the name.
void writeBudgetTerms(json::Writer& out, const model::Budget& budget);
// An amount in the budget's unit: dollars, or a whole number.
void writeAmount(json::Writer& out, std::string_view name, model::BudgetUnit unit,
                 std::optional<int64_t> amount);
// "cap_usd": the name of a field of that unit.
std::string unitField(std::string_view name, model::BudgetUnit unit);

// What the budget is about is the same: its buckets mean the same.
bool sameSubject(const model::Budget& a, const model::Budget& b);

}  // namespace penstock::manage
