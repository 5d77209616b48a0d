#include "rules/checker.h"

#include <algorithm>

#include <fmt/format.h>

namespace penstock::rules {
namespace {

bool fits(Type type, Type wanted) { return type == wanted || type == Type::Null; }

bool areComparable(Type a, Type b) {
  return a != Type::List && b != Type::List && (fits(a, b) || fits(b, a));
}

class Checker {
 public:
  explicit Checker(Program& program) : program_(program) {}

  std::optional<RuleError> run() {
    // Backwards, so that operands have their types before what is done with them.
    std::for_each(program_.nodes.rbegin(), program_.nodes.rend(),
                  [this](Node& node) { check(node); });
    plain(program_.nodes.front());
    return std::move(error_);
  }

 private:
  void check(Node& node);
  void checkEquality(const Node& node);
  void checkOrder(const Node& node);
  void checkIn(const Node& node);
  void checkContains(const Node& node);
  void checkPattern(Node& node);
  void checkFunction(Node& node);
  void checkItems(const Node& list, Type wanted);

  void plain(const Node& node);
  void text(const Node& operation, const Node& operand);
  void fail(size_t position, std::string message) {
    if (!error_ || position < error_->position) error_ = RuleError{std::move(message), position};
  }

  Program& program_;
  std::optional<RuleError> error_;
};

void Checker::check(Node& node) {
  switch (node.operation) {
    case Operation::Literal:
    case Operation::Read: return;
    case Operation::List:
    case Operation::Or:
    case Operation::And:
    case Operation::Not:
      for (const Node& operand : Operands(node)) plain(operand);
      return;
    case Operation::Equal:
    case Operation::NotEqual: return checkEquality(node);
    case Operation::Less:
    case Operation::LessOrEqual:
    case Operation::Greater:
    case Operation::GreaterOrEqual: return checkOrder(node);
    case Operation::In:
    case Operation::NotIn: return checkIn(node);
    case Operation::Contains: return checkContains(node);
    case Operation::StartsWith:
      text(node, node.left());
      text(node, node.right());
      return;
    case Operation::Matches: return checkPattern(node);
    case Operation::Exists:
    case Operation::Length:
    case Operation::Lower: return checkFunction(node);
  }
}

void Checker::checkEquality(const Node& node) {
  const Type left = node.left().type, right = node.right().type;
  plain(node.left());
  plain(node.right());
  if (areComparable(left, right)) return;
  fail(node.sign, fmt::format("'{}' cannot compare {} with {}", spelling(node.operation),
                              typeName(left), typeName(right)));
}

void Checker::checkOrder(const Node& node) {
  checkEquality(node);
  if (node.left().type != Type::Bool && node.right().type != Type::Bool) return;
  fail(node.sign, fmt::format("'{}' orders numbers or text, not {}", spelling(node.operation),
                              typeName(Type::Bool)));
}

void Checker::checkIn(const Node& node) {
  plain(node.left());
  const Node& list = node.right();
  if (list.type != Type::List) {
    fail(list.begin, "'in' looks in a list: ['a', 'b']; 'contains' looks in text");
  }
  checkItems(list, node.left().type);
}

void Checker::checkContains(const Node& node) {
  if (node.left().type != Type::List) {
    text(node, node.left());
    text(node, node.right());
    return;
  }
  plain(node.right());
  checkItems(node.left(), node.right().type);
}

void Checker::checkItems(const Node& list, Type wanted) {
  if (list.type != Type::List || wanted == Type::List) return;  // refused already
  for (const Node& item : Operands(list)) {
    if (areComparable(item.type, wanted)) continue;
    fail(item.begin, fmt::format("this item is {}, and what is looked for is {}",
                                 typeName(item.type), typeName(wanted)));
  }
}

void Checker::checkPattern(Node& node) {
  text(node, node.left());
  const Node& pattern = node.right();
  const auto* literal = std::get_if<std::string_view>(&pattern.literal);
  if (pattern.operation != Operation::Literal || literal == nullptr) {
    return fail(pattern.begin, "'matches' needs a pattern in quotes");
  }
  if (node.left().operation == Operation::Lower) {
    return fail(node.begin, "'matches' does not go with lower(); begin the pattern with (?i)");
  }
  if (program_.patterns.size() == kMaxPatterns) {
    return fail(pattern.begin, fmt::format("the rule has more than {} patterns", kMaxPatterns));
  }
  auto compiled = Pattern::compile(*literal);
  if (!compiled) return fail(pattern.begin, std::move(compiled).error());
  node.pattern = static_cast<uint16_t>(program_.patterns.size());
  program_.patterns.push_back(*std::move(compiled));
}

void Checker::checkFunction(Node& node) {
  const Node& argument = node.left();
  if (node.operation == Operation::Exists) {
    plain(argument);
    node.type = Type::Bool;
  } else if (node.operation == Operation::Lower) {
    text(node, argument);
    node.type = Type::Text;
  } else {
    if (argument.type != Type::List) text(node, argument);
    node.type = Type::Number;
  }
}

// A list is no value of its own.
void Checker::plain(const Node& node) {
  if (node.type != Type::List) return;
  fail(node.begin, "a list stands only right of 'in', left of 'contains', or in len()");
}

void Checker::text(const Node& operation, const Node& operand) {
  if (fits(operand.type, Type::Text)) return;
  fail(operand.begin, fmt::format("'{}' works on text, and this is {}",
                                  spelling(operation.operation), typeName(operand.type)));
}

}  // namespace

std::optional<RuleError> check(Program& program) { return Checker(program).run(); }

}  // namespace penstock::rules
