#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/detector_set.h"

namespace penstock::guard {

// Lets a text through piece by piece with "[REDACTED:EMAIL]" in place of what was found. Parts that
// overlap become one, by the name of the first of them (of those that begin alike: of the first
// rule). The result depends on what is found, not on the pieces.
class Redactor {
 public:
  explicit Redactor(const DetectorSet& set) : set_(set) {}

  void add(const Hit& hit);
  // Appends what is between the last call's end and `end`, before which everything that begins is
  // known.
  void release(std::string_view text, size_t end, std::string& out);
  size_t released() const { return released_; }
  bool changed() const { return changed_; }
  // The text's first `bytes`, all released, are gone.
  void drop(size_t bytes);

 private:
  void order();

  const DetectorSet& set_;
  std::vector<Hit> pending_;  // after order() in that of their places
  size_t released_ = 0;
  size_t hidden_until_ = 0;  // end of the part that was replaced last
  bool changed_ = false;
};

}  // namespace penstock::guard
