#pragma once

#include <span>
#include <vector>

#include "guard/builtin.h"
#include "guard/detector.h"
#include "rules/pattern.h"

namespace penstock::guard {

// All of builtin.h's of one sort, compiled: by far the dearest part of a policy, so once for the
// process and on first use. Immutable, thread-safe.
struct BuiltinGroup {
  std::span<const Builtin> rows;
  std::vector<Detector> detectors;  // of the rows, in their order
  // Of all together: one pass over a text tells that it holds nothing of interest, and one look at
  // its end (firstBeginning()) that nothing begins there.
  rules::Pattern any, any_beginning;
};

const BuiltinGroup& piiGroup();
const BuiltinGroup& secretsGroup();

}  // namespace penstock::guard
