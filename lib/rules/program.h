#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/facts.h"
#include "rules/operation.h"
#include "rules/pattern.h"
#include "rules/value.h"

namespace penstock::rules {

// One operation, followed by its operands, each of which is followed by its own. Which fields hold
// something depends on `operation`. A rule has few bytes, hence few nodes: 16 bits do.
struct Node {
  Operation operation = Operation::Literal;
  Type type = Type::Null;
  Variable variable = Variable::Tag;  // Read
  uint16_t pattern = 0;               // Matches: its index
  uint16_t begin = 0;                 // what it was written as: bytes of the text
  uint16_t end = 0;
  uint16_t sign = 0;  // where its operator or function's name stands
  uint16_t operand_count = 0;
  uint16_t size = 1;     // of nodes, itself and all below: what follows is its next sibling
  Value literal;         // Literal
  std::string_view key;  // Read

  // Only of a node in its program.
  const Node& left() const { return *(this + 1); }  // the first operand, or the only one
  const Node& right() const { return left().nextSibling(); }
  const Node& nextSibling() const { return *(this + size); }
};

// The operands of a node in the order in which they were written.
class Operands {
 public:
  explicit Operands(const Node& node) : node_(node) {}

  struct Iterator {
    const Node* node;
    const Node& operator*() const { return *node; }
    Iterator& operator++() {
      node = &node->nextSibling();
      return *this;
    }
    bool operator==(const Iterator&) const = default;
  };
  Iterator begin() const { return {&node_.left()}; }
  Iterator end() const { return {&node_.nextSibling()}; }

 private:
  const Node& node_;
};

// A rule as it is evaluated; the first node is the whole. Nodes hold views of `text`, so it stays
// where it is. Immutable once compiled; thread-safe then.
struct Program {
  explicit Program(std::string_view source) : text(source) {}
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string_view sourceOf(const Node& node) const {
    return std::string_view(text).substr(node.begin, node.end - node.begin);
  }

  const std::string text;
  std::vector<Node> nodes;
  std::vector<Pattern> patterns;
  FactGroups groups;
};

}  // namespace penstock::rules
