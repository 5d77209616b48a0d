#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "json/scan.h"

namespace penstock::json {

// An edited text as pieces in order: views into the original where it is unchanged, and into memory
// of its own where it is not. Movable; valid while the original text lives.
class Spliced {
 public:
  const std::vector<std::string_view>& pieces() const { return pieces_; }
  size_t size() const;
  std::string str() const;

 private:
  friend class Splicer;
  std::vector<std::string_view> pieces_;
  std::unique_ptr<char[]> owned_;
};

// Edits the members of a scanned object without copying what stays: a 200 KB body costs a few
// pieces. Each member is edited at most once; unchanged bytes, spaces included, are kept.
class Splicer {
 public:
  explicit Splicer(const ObjectIndex& object) : object_(object) {}

  // `json` must be valid JSON. `i` is the member's place in the index.
  void replaceValue(size_t i, std::string json);
  void removeMember(size_t i);
  // Adds a member at the end. The key must not be in the object.
  void appendMember(std::string_view key, std::string_view json);
  bool changed() const { return !edits_.empty() || !appended_.empty(); }

  Spliced build() const;

 private:
  struct Edit {
    size_t member;
    bool remove;
    std::string json;
  };
  struct Cut {
    size_t begin, end;
    std::string_view insert;
  };
  std::vector<Cut> cuts(std::string& tail) const;

  const ObjectIndex& object_;
  std::vector<Edit> edits_;
  std::string appended_;  // members, comma-separated
};

}  // namespace penstock::json
