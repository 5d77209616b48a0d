#include "rules/parser.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "rules/scanner.h"
#include "rules/variables.h"

namespace penstock::rules {
namespace {

constexpr Operation kOperators[] = {
    Operation::Equal,       Operation::NotEqual, Operation::Less,
    Operation::LessOrEqual, Operation::Greater,  Operation::GreaterOrEqual,
    Operation::In,          Operation::Contains, Operation::StartsWith,
    Operation::Matches,  // "not in" is two words, so it is not here
};

constexpr Operation kFunctions[] = {Operation::Exists, Operation::Length, Operation::Lower};

constexpr std::array<std::string_view, 7> kOperatorWords = {
    "and", "or", "not", "in", "contains", "matches", "starts_with"};

bool isOperatorWord(const Token& token) {
  for (const std::string_view word : kOperatorWords) {
    if (token.is(word)) return true;
  }
  return false;
}

// Recursive descent, one function a line of the grammar; each appends what it read to the program's
// nodes. After the first error the only token left is End, so that everything returns by itself;
// what is built meanwhile is never used.
class Parser {
 public:
  explicit Parser(Program& program) : program_(program), scanner_(program.text) { advance(); }

  std::optional<RuleError> run() {
    parseOr();
    if (token_.kind != TokenKind::End) fail(token_.begin, "unexpected " + found());
    return std::move(error_);
  }

 private:
  using Rule = void (Parser::*)();

  void parseOr() { parseChain(Operation::Or, "||", "or", &Parser::parseAnd); }
  void parseAnd() { parseChain(Operation::And, "&&", "and", &Parser::parseNot); }
  void parseChain(Operation operation, std::string_view symbol, std::string_view word,
                  Rule operand);
  void parseNot();
  void parseComparison();
  std::optional<Operation> takeOperator();
  void parseTerm();
  void parseName();
  void parseGroup();
  void parseList();
  void parseCall(const Token& name);
  void parsePath(const Token& root);
  std::optional<std::string_view> parseSegment();

  // Where something begins that may turn out to be operands: in the text, and among the nodes.
  struct Start {
    size_t text;
    size_t node;
  };
  Start start() const { return {token_.begin, program_.nodes.size()}; }
  // Puts an operation before its operands: all nodes since `start`. `sign` is where it is written.
  void add(Start start, Node node, size_t sign, size_t operand_count);
  void addLiteral(Value value, Type type);

  void advance();
  bool take(std::string_view spelling);
  void expect(std::string_view spelling);
  void enter();  // one level deeper; leave() is its end
  void leave() { --depth_; }
  void fail(size_t position, std::string message);
  std::string found() const;
  std::string_view sourceUntil(size_t begin, size_t end) const {
    return std::string_view(program_.text).substr(begin, end - begin);
  }

  Program& program_;
  Scanner scanner_;
  Token token_;  // the next one
  size_t taken_end_ = 0;
  size_t depth_ = 0;
  std::optional<RuleError> error_;
};

void Parser::parseChain(Operation operation, std::string_view symbol, std::string_view word,
                        Rule operand) {
  const Start begun = start();
  (this->*operand)();
  const size_t sign = token_.begin;
  size_t operands = 1;
  for (; take(symbol) || take(word); ++operands) (this->*operand)();
  if (operands > 1) add(begun, {.operation = operation, .type = Type::Bool}, sign, operands);
}

void Parser::parseNot() {
  const Start begun = start();
  if (!take("!") && !take("not")) return parseComparison();
  parseComparison();
  add(begun, {.operation = Operation::Not, .type = Type::Bool}, begun.text, 1);
}

void Parser::parseComparison() {
  const Start begun = start();
  parseTerm();
  const size_t sign = token_.begin;
  const auto operation = takeOperator();
  if (!operation) return;
  parseTerm();
  add(begun, {.operation = *operation, .type = Type::Bool}, sign, 2);
}

std::optional<Operation> Parser::takeOperator() {
  for (const Operation operation : kOperators) {
    if (take(spelling(operation))) return operation;
  }
  if (!take("not")) return {};
  expect("in");
  return Operation::NotIn;
}

void Parser::parseTerm() {
  if (token_.kind == TokenKind::Text) return addLiteral(token_.content, Type::Text);
  if (token_.kind == TokenKind::Number) return addLiteral(token_.number, Type::Number);
  if (token_.is("(")) return parseGroup();
  if (token_.is("[")) return parseList();
  if (token_.kind == TokenKind::Name && !isOperatorWord(token_)) return parseName();
  fail(token_.begin, fmt::format("a value is expected, not {}", found()));
}

void Parser::parseName() {
  if (token_.is("true")) return addLiteral(true, Type::Bool);
  if (token_.is("false")) return addLiteral(false, Type::Bool);
  if (token_.is("null")) return addLiteral(Missing{}, Type::Null);
  const Token name = token_;
  advance();
  return token_.is("(") ? parseCall(name) : parsePath(name);
}

void Parser::parseGroup() {
  enter();
  take("(");
  parseOr();
  expect(")");
  leave();
}

void Parser::parseList() {
  const Start begun = start();
  size_t items = 0;
  enter();
  take("[");
  if (!token_.is("]")) {
    do {
      if (items == kMaxListItems) {
        fail(token_.begin, fmt::format("the list has more than {} items", kMaxListItems));
      }
      parseTerm();
      ++items;
    } while (take(","));
  }
  expect("]");
  leave();
  add(begun, {.operation = Operation::List, .type = Type::List}, begun.text, items);
}

void Parser::parseCall(const Token& name) {
  const Start begun{name.begin, start().node};
  size_t arguments = 0;
  enter();
  take("(");
  if (!token_.is(")")) {
    do {
      parseOr();
      ++arguments;
    } while (take(","));
  }
  expect(")");
  leave();
  for (const Operation function : kFunctions) {
    if (spelling(function) != name.content) continue;
    if (arguments != 1) {
      fail(name.begin, fmt::format("{}() takes one value, not {}", name.content, arguments));
    }
    return add(begun, {.operation = function}, name.begin, arguments);
  }
  fail(name.begin, fmt::format("there is no function {}(); known: exists(), len(), lower()",
                               excerpt(name.content)));
}

void Parser::parsePath(const Token& root) {
  const Start begun{root.begin, start().node};
  std::vector<std::string_view> segments{root.content};
  while (const auto segment = parseSegment()) segments.push_back(*segment);
  const auto reference = findVariable(segments);
  if (!reference) {
    fail(root.begin,
         fmt::format("there is no variable {}; known: {}",
                     excerpt(sourceUntil(root.begin, taken_end_)), knownVariables(root.content)));
    return;
  }
  program_.groups.add(reference->group);
  add(begun,
      {.operation = Operation::Read,
       .type = reference->type,
       .variable = reference->variable,
       .key = reference->key},
      begun.text, 0);
}

// What stands behind a dot or in brackets, if there is anything more of the path.
std::optional<std::string_view> Parser::parseSegment() {
  const bool bracket = token_.is("[");
  if (!take(".") && !take("[")) return {};
  const Token segment = token_;
  if (segment.kind != (bracket ? TokenKind::Text : TokenKind::Name)) {
    fail(segment.begin,
         fmt::format("{} is expected, not {}", bracket ? "a quoted name" : "a name", found()));
    return {};
  }
  advance();
  if (bracket) expect("]");
  return segment.content;
}

void Parser::add(Start start, Node node, size_t sign, size_t operand_count) {
  node.begin = static_cast<uint16_t>(start.text);
  node.end = static_cast<uint16_t>(taken_end_);
  node.sign = static_cast<uint16_t>(sign);
  node.operand_count = static_cast<uint16_t>(operand_count);
  node.size = static_cast<uint16_t>(program_.nodes.size() - start.node + 1);
  program_.nodes.insert(program_.nodes.begin() + static_cast<std::ptrdiff_t>(start.node), node);
}

void Parser::addLiteral(Value value, Type type) {
  const Start begun = start();
  advance();
  add(begun, {.type = type, .literal = value}, begun.text, 0);
}

void Parser::advance() {
  taken_end_ = token_.end;
  token_ = scanner_.next();
  if (token_.kind == TokenKind::Bad) fail(token_.begin, std::string(token_.content));
}

bool Parser::take(std::string_view spelling) {
  if (!token_.is(spelling)) return false;
  advance();
  return true;
}

void Parser::expect(std::string_view spelling) {
  if (!take(spelling))
    fail(token_.begin, fmt::format("'{}' is expected, not {}", spelling, found()));
}

void Parser::enter() {
  if (++depth_ > kMaxDepth) {
    fail(token_.begin, fmt::format("it is nested deeper than {} levels", kMaxDepth));
  }
}

void Parser::fail(size_t position, std::string message) {
  if (!error_) error_ = RuleError{std::move(message), position};
  scanner_ = Scanner({});
  token_ = {};
}

// The next token, for messages.
std::string Parser::found() const {
  if (token_.kind == TokenKind::End) return "the end";
  return excerpt(sourceUntil(token_.begin, token_.end));
}

}  // namespace

std::optional<RuleError> parse(Program& program) { return Parser(program).run(); }

}  // namespace penstock::rules
