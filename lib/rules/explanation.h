#pragma once

#include <string>
#include <vector>

namespace penstock::rules {

// A variable as the rule names it, and its value as a rule would write it: "tags.team", "'sales'".
struct FoundValue {
  std::string variable;
  std::string value;
  bool operator==(const FoundValue&) const = default;
};

// One comparison that was evaluated, or another condition without and, or and not.
struct Finding {
  std::string source;             // "tags.team == 'support'"
  std::vector<FoundValue> found;  // the variables in it, in its order
  bool outcome = false;
  bool operator==(const Finding&) const = default;
};

// Why a rule matched or did not: what was evaluated, in that order. What `and` and `or` did not
// need any more is not among it.
struct Explanation {
  bool matched = false;
  std::vector<Finding> findings;
};

}  // namespace penstock::rules
