#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/rule.h"

namespace penstock::guard {

// What a rule found, for the log: never the text itself.
struct Finding {
  std::string rule;
  std::string kind;   // "EMAIL", "MODEL"; of regex and keyword rules the rule's name: "NO_PRICES"
  std::string place;  // JSON pointer of the text in its body, or as the caller named it
  Action action = Action::Flag;
  int64_t count = 1;  // of that kind there
  bool operator==(const Finding&) const = default;
};

// Findings of one request, the same ones counted together. What is past the bound is dropped: a log
// line has an end.
class Findings {
 public:
  static constexpr size_t kMax = 100;

  void add(Finding finding) {
    for (Finding& known : all_) {
      if (known.rule != finding.rule || known.kind != finding.kind) continue;
      if (known.place == finding.place) {
        known.count += finding.count;
        return;
      }
    }
    if (all_.size() < kMax) all_.push_back(std::move(finding));
  }
  const std::vector<Finding>& all() const { return all_; }
  std::vector<Finding> take() { return std::move(all_); }

 private:
  std::vector<Finding> all_;
};

// Why a request or an answer must not go on.
struct Refusal {
  std::string rule;
  std::string kind;
  std::string message;  // for the caller; says which rule and what kind, never what was found
  bool operator==(const Refusal&) const = default;
};

}  // namespace penstock::guard
