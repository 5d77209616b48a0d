#include "rules/evaluator.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <span>

#include "rules/folded_text.h"

namespace penstock::rules {
namespace {

// A value; text may be one that lower() was applied to.
struct Operand {
  Value value;
  Letters letters = Letters::AsTheyAre;

  bool isMissing() const { return std::holds_alternative<Missing>(value); }
  std::optional<FoldedText> text() const {
    const auto* bytes = std::get_if<std::string_view>(&value);
    if (bytes == nullptr) return {};
    return FoldedText{*bytes, letters};
  }
};

// Nothing when the types differ; null differs from everything else.
std::optional<bool> areEqual(const Operand& a, const Operand& b) {
  if (a.value.index() != b.value.index()) {
    return a.isMissing() || b.isMissing() ? std::optional(false) : std::nullopt;
  }
  if (const auto text = a.text()) return equal(*text, *b.text());
  return a.value == b.value;
}

// Unordered when the types differ or have no order.
std::partial_ordering orderOf(const Operand& a, const Operand& b) {
  const auto left = a.text(), right = b.text();
  if (left && right) return order(*left, *right);
  const auto* left_number = std::get_if<double>(&a.value);
  const auto* right_number = std::get_if<double>(&b.value);
  if (left_number == nullptr || right_number == nullptr) return std::partial_ordering::unordered;
  return *left_number <=> *right_number;
}

// What answers more than true or false.
bool isValue(Operation operation) {
  return operation == Operation::Literal || operation == Operation::Read ||
         operation == Operation::Length || operation == Operation::Lower;
}

// In characters, as far as the text is UTF-8.
double lengthOf(std::string_view text) {
  const auto continues = [](char c) { return (c & 0xC0) == 0x80; };
  return static_cast<double>(text.size()) -
         static_cast<double>(std::ranges::count_if(text, continues));
}

class Evaluator {
 public:
  Evaluator(const Program& program, const Facts& facts, Explanation* explanation)
      : program_(program), facts_(facts), explanation_(explanation) {}

  bool condition(const Node& node) const;

 private:
  bool isTrue(const Node& node) const;
  bool comparison(const Node& node) const;
  bool isIn(const Node& list, const Operand& wanted) const;
  bool isInNone(const Node& list, const Operand& wanted) const;
  bool contains(const Node& node) const;
  bool matches(const Node& node) const;
  Operand valueOf(const Node& node) const {
    // By far the most, so they are spared what the others need.
    if (node.operation == Operation::Literal) return {node.literal};
    if (node.operation == Operation::Read) return {facts_.value(node.variable, node.key)};
    return computed(node);
  }
  Operand computed(const Node& node) const;
  Operand length(const Node& node) const;
  Operand lower(const Node& node) const;
  // Whether `holds` is true of any of a node's operands.
  template <typename Holds>
  bool any(const Node& node, const Holds& holds) const {
    for (const Node& operand : Operands(node)) {
      if (holds(operand)) return true;
    }
    return false;
  }
  void explain(const Node& node, bool outcome) const;

  const Program& program_;
  const Facts& facts_;
  Explanation* explanation_;
};

// Only true counts: null, numbers and text do not.
bool Evaluator::condition(const Node& node) const {
  const auto is_true = [this](const Node& operand) { return condition(operand); };
  const auto is_not_true = [this](const Node& operand) { return !condition(operand); };
  switch (node.operation) {
    case Operation::Or: return any(node, is_true);
    case Operation::And: return !any(node, is_not_true);
    case Operation::Not: return any(node, is_not_true);
    default: break;
  }
  const bool outcome = isTrue(node);
  if (explanation_ != nullptr) explain(node, outcome);
  return outcome;
}

bool Evaluator::isTrue(const Node& node) const {
  if (!isValue(node.operation)) return comparison(node);
  const Operand operand = valueOf(node);
  const bool* truth = std::get_if<bool>(&operand.value);
  return truth != nullptr && *truth;
}

Operand Evaluator::computed(const Node& node) const {
  switch (node.operation) {
    case Operation::Length: return length(node);
    case Operation::Lower: return lower(node);
    case Operation::Or:
    case Operation::And:
    case Operation::Not: return {condition(node)};
    default: return {comparison(node)};
  }
}

bool Evaluator::comparison(const Node& node) const {
  switch (node.operation) {
    case Operation::Equal: return areEqual(valueOf(node.left()), valueOf(node.right())) == true;
    case Operation::NotEqual: return areEqual(valueOf(node.left()), valueOf(node.right())) == false;
    case Operation::Less: return std::is_lt(orderOf(valueOf(node.left()), valueOf(node.right())));
    case Operation::LessOrEqual:
      return std::is_lteq(orderOf(valueOf(node.left()), valueOf(node.right())));
    case Operation::Greater:
      return std::is_gt(orderOf(valueOf(node.left()), valueOf(node.right())));
    case Operation::GreaterOrEqual:
      return std::is_gteq(orderOf(valueOf(node.left()), valueOf(node.right())));
    case Operation::In: return isIn(node.right(), valueOf(node.left()));
    case Operation::NotIn: return isInNone(node.right(), valueOf(node.left()));
    case Operation::Contains: return contains(node);
    case Operation::StartsWith: {
      const Operand whole = valueOf(node.left()), part = valueOf(node.right());
      return whole.text() && part.text() && startsWith(*whole.text(), *part.text());
    }
    case Operation::Matches: return matches(node);
    case Operation::Exists: return !valueOf(node.left()).isMissing();
    default: return false;
  }
}

bool Evaluator::isIn(const Node& list, const Operand& wanted) const {
  return any(list, [&](const Node& item) { return areEqual(wanted, valueOf(item)) == true; });
}

// Like != with each item: false when the types differ.
bool Evaluator::isInNone(const Node& list, const Operand& wanted) const {
  return !any(list, [&](const Node& item) { return areEqual(wanted, valueOf(item)) != false; });
}

bool Evaluator::contains(const Node& node) const {
  const Node& whole = node.left();
  const Operand part = valueOf(node.right());
  if (whole.operation == Operation::List) return isIn(whole, part);
  const auto whole_text = valueOf(whole).text(), part_text = part.text();
  return whole_text && part_text && rules::contains(*whole_text, *part_text);
}

bool Evaluator::matches(const Node& node) const {
  const auto text = valueOf(node.left()).text();
  return text && program_.patterns[node.pattern].isFoundIn(text->bytes);
}

Operand Evaluator::length(const Node& node) const {
  const Node& argument = node.left();
  if (argument.operation == Operation::List) return {static_cast<double>(argument.operand_count)};
  const auto text = valueOf(argument).text();
  if (!text) return {};
  return {lengthOf(text->bytes)};
}

Operand Evaluator::lower(const Node& node) const {
  const Operand argument = valueOf(node.left());
  if (!argument.text()) return {};
  return {argument.value, Letters::Lower};
}

void Evaluator::explain(const Node& node, bool outcome) const {
  Finding finding{std::string(program_.sourceOf(node)), {}, outcome};
  for (const Node& part : std::span(&node, node.size)) {
    if (part.operation != Operation::Read) continue;
    finding.found.push_back(
        {std::string(program_.sourceOf(part)), toText(facts_.value(part.variable, part.key))});
  }
  explanation_->findings.push_back(std::move(finding));
}

}  // namespace

bool holds(const Program& program, const Facts& facts, Explanation* explanation) {
  return Evaluator(program, facts, explanation).condition(program.nodes.front());
}

}  // namespace penstock::rules
