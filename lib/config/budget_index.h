#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "model/budget.h"

namespace penstock::config {

// What a request is, as far as budgets tell requests apart. Empty texts match no budget.
struct BudgetSubject {
  std::string_view project_id;
  std::string_view api_key_id;
  std::string_view end_user;
  std::string_view routing_config_id;
  std::string_view provider_id;
  std::string_view model;  // to be asked for at the provider, as BudgetIndex::modelKey() writes it
  std::span<const std::pair<std::string, std::string>> tags = {};
};

// A budget that binds a request. `value` says which of its buckets: the distinct value, or nothing
// where the budget has one bucket. Both live as long as the index and the subject.
struct BudgetMatch {
  const model::Budget* budget = nullptr;
  std::string_view value;
  // Whether a request is counted there by this call, as one and as one under way: another call for
  // it may count it already.
  bool counts = true;
};

// The enabled budgets, found by what they are about, so that a request does not look at those of
// other keys and users. Immutable.
class BudgetIndex {
 public:
  explicit BudgetIndex(std::vector<model::Budget> budgets);
  BudgetIndex(const BudgetIndex&) = delete;
  BudgetIndex& operator=(const BudgetIndex&) = delete;

  // A model's name as budgets and prices compare it: in lower case, without spaces around it.
  static std::string modelKey(std::string_view model);

  const std::vector<model::Budget>& all() const { return budgets_; }
  // Where in all() that very object stands; nothing for a budget of another index.
  std::optional<size_t> placeOf(const model::Budget& budget) const {
    const std::less<const model::Budget*> before;  // an order of unrelated objects too
    const model::Budget* const first = budgets_.data();
    if (before(&budget, first) || !before(&budget, first + budgets_.size())) return std::nullopt;
    return static_cast<size_t>(&budget - first);
  }
  // What a budget is called and does, as traces keep it: ["b",0,0], are its name, unit and action.
  // It must be that very object of all(). Lives as long as the index, where such texts lie one
  // behind the other.
  std::string_view label(const model::Budget& budget) const {
    return labels_[placeOf(budget).value()];
  }
  // Appends every budget that binds the subject, each at most once.
  void match(const BudgetSubject& subject, std::vector<BudgetMatch>& matches) const;

 private:
  // What is asked of a budget stands here: the budgets themselves are far apart.
  struct Candidate {
    const model::Budget* budget = nullptr;
    const std::string* project_id = nullptr;  // the budget's; null: of every project
  };
  using Candidates = std::vector<Candidate>;
  struct Dimension {
    Candidates any;  // a bucket for every value
    std::unordered_map<std::string, Candidates, TextHash, std::equal_to<>> of_value;
  };
  static void add(const Candidates& candidates, std::string_view project_id, std::string_view value,
                  std::vector<BudgetMatch>& matches);
  static void look(const Dimension& dimension, std::string_view project_id, std::string_view value,
                   std::vector<BudgetMatch>& matches);
  Dimension& dimensionOf(const model::Budget& budget);

  const std::vector<model::Budget> budgets_;
  std::string label_text_;
  std::vector<std::string_view> labels_;  // by place
  std::array<Dimension, 8> scopes_;       // by BudgetScope; that of Tag is unused
  std::unordered_map<std::string, Dimension, TextHash, std::equal_to<>> tags_;  // by key
};

// The budgets that a balance stands for: what was put in is a cap on all that is spent, and its
// daily cap one on a day's.
std::vector<model::Budget> budgetsOf(const model::Balance& balance);

}  // namespace penstock::config
