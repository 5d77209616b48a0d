#include "guard/builtin_group.h"

#include <string>

namespace penstock::guard {
namespace {

constexpr rules::PatternLimits kTogether{.max_length = 256 << 10, .max_memory = 16 << 20};

BuiltinGroup compile(std::span<const Builtin> rows) {
  std::vector<Detector> detectors;
  std::string any, beginnings;
  for (const Builtin& row : rows) {
    const Detector& detector = detectors.emplace_back(Detector::ofBuiltin(row));
    any += (any.empty() ? "(?:" : "|(?:") + detector.pattern() + ")";
    beginnings += (beginnings.empty() ? "" : "|") + detector.beginnings().value();
  }
  return {rows, std::move(detectors), rules::Pattern::compile(any, kTogether).value(),
          rules::Pattern::compile(tiedToEnd(beginnings), kTogether).value()};
}

}  // namespace

const BuiltinGroup& piiGroup() {
  static const BuiltinGroup kGroup = compile(builtinPii());
  return kGroup;
}

const BuiltinGroup& secretsGroup() {
  static const BuiltinGroup kGroup = compile(builtinSecrets());
  return kGroup;
}

}  // namespace penstock::guard
