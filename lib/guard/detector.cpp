#include "guard/detector.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "guard/prefix_pattern.h"

namespace penstock::guard {
namespace {

// A project may have a hundred of its own patterns, which all may meet hard texts.
constexpr rules::PatternLimits kOwnLimits{.max_length = 512, .max_memory = 512 << 10};
constexpr rules::PatternLimits kKeywordLimits{.max_length = 64 << 10, .max_memory = 8 << 20};
constexpr rules::PatternLimits kBuiltinLimits{.max_length = 4 << 10, .max_memory = 4 << 20};
// What is searched at once: else patterns like "a.*b" would read a long text once for each "a".
constexpr size_t kStride = 2 * kMaxMatch;
// A pattern's beginnings are longer than itself.
constexpr size_t kBeginningsFactor = 64;

bool isWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

// RE2 knows edges of ASCII words. A letter beyond ASCII must at least not stand beside one of
// those.
std::string_view edgeBeside(char c) {
  if (isWord(c)) return R"(\b)";
  return static_cast<unsigned char>(c) >= 0x80 ? R"(\B)" : "";
}

std::string quote(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (!isWord(c) && static_cast<unsigned char>(c) < 0x80) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string anyOf(const KeywordsRule& rule) {
  std::vector<std::string> words = rule.keywords;
  // The longest first, so that "new york city" is not found as "new york".
  std::ranges::stable_sort(words, std::ranges::greater{}, &std::string::size);
  std::string pattern;
  for (const std::string& word : words) {
    pattern += pattern.empty() ? "(?i)(?:" : "|";
    if (rule.whole_words) pattern += edgeBeside(word.front());
    pattern += quote(word);
    if (rule.whole_words) pattern += edgeBeside(word.back());
  }
  return pattern + ")";
}

}  // namespace

std::string tiedToEnd(std::string_view beginnings) {
  return "(?:" + std::string(beginnings) + R"()\z)";
}

size_t firstBeginning(const rules::Pattern& beginnings, std::string_view text, size_t from) {
  const size_t begin = std::max(from, text.size() - std::min(text.size(), kMaxMatch));
  const auto found = beginnings.find(text, std::min(begin, text.size()), text.size());
  return found ? found->begin : text.size();
}

Result<Detector, std::string> Detector::make(std::string label, std::string pattern,
                                             rules::PatternLimits limits) {
  auto compiled = rules::Pattern::compile(pattern, limits);
  if (!compiled) return std::move(compiled).error();
  if (compiled->isFoundIn("")) return std::string("the pattern matches a text without characters");
  Detector detector(*std::move(compiled));
  detector.label_ = std::move(label);
  detector.pattern_text_ = std::move(pattern);
  detector.beginnings_text_ = prefixPattern(detector.pattern_text_);
  if (!detector.beginnings_text_) return detector;
  limits.max_length *= kBeginningsFactor;
  limits.max_memory *= 2;
  auto beginnings = rules::Pattern::compile(tiedToEnd(*detector.beginnings_text_), limits);
  if (beginnings) {
    detector.beginnings_ = *std::move(beginnings);
  } else {
    detector.beginnings_text_.reset();
  }
  return detector;
}

Result<Detector, std::string> Detector::ofPattern(std::string label, std::string_view pattern) {
  return make(std::move(label), std::string(pattern), kOwnLimits);
}

Result<Detector, std::string> Detector::ofKeywords(std::string label, const KeywordsRule& rule) {
  return make(std::move(label), anyOf(rule), kKeywordLimits);
}

Detector Detector::ofBuiltin(const Builtin& builtin) {
  auto made = make(std::string(builtin.label), std::string(builtin.pattern), kBuiltinLimits);
  if (!made) throw std::logic_error(std::string(builtin.type) + ": " + made.error());
  made->check_ = builtin.check;
  if (builtin.tail == nullptr) return *std::move(made);
  std::bitset<256>& tail = made->tail_.emplace();
  for (int c = 0; c < 128; ++c) {
    if (isWord(static_cast<char>(c)) && c != '_') tail.set(static_cast<size_t>(c));
  }
  for (const char c : std::string_view(builtin.tail)) tail.set(static_cast<unsigned char>(c));
  return *std::move(made);
}

void Detector::scan(std::string_view text, TextEnd end, Progress& progress,
                    std::vector<Span>& found) const {
  if (progress.in_tail) {
    const size_t stop = skipTail(text, progress.cursor);
    if (stop > progress.cursor) found.push_back({progress.cursor, stop, true});
    progress = {stop, stop == text.size()};
  }
  // Most texts have no match at all, which one pass tells.
  const bool is_long = text.size() - progress.cursor > kStride;
  if (is_long && !pattern_.find(text, progress.cursor, text.size())) {
    progress = {firstUndecided(text, end, progress.cursor), false};
    return;
  }
  while (!progress.in_tail) {
    const size_t limit = firstUndecided(text, end, progress.cursor);
    auto span = next(text, progress.cursor, limit);
    if (!span) {
      progress.cursor = limit;
      return;
    }
    if (tail_) span->end = skipTail(text, span->end);
    progress = {span->end, tail_ && span->end == text.size()};
    found.push_back(*span);
  }
}

size_t Detector::firstUndecided(std::string_view text, TextEnd end, size_t from) const {
  if (end == TextEnd::Final) return text.size();
  if (beginnings_) return firstBeginning(*beginnings_, text, from);
  return std::max(from, text.size() - std::min(text.size(), kMaxMatch));
}

// The first match that begins in [from, limit).
std::optional<Span> Detector::next(std::string_view text, size_t from, size_t limit) const {
  while (from < limit) {
    const size_t to = std::min(text.size(), from + kStride);
    const auto match = pattern_.find(text, from, to);
    if (!match) {
      if (to == text.size()) return std::nullopt;
      from = to - kMaxMatch;
      continue;
    }
    if (match->begin >= limit) return std::nullopt;
    if (to < text.size() && match->begin > to - kMaxMatch) {
      from = match->begin;  // not all of what it may match was searched
      continue;
    }
    const auto taken = bounded(text, *match, to);
    if (taken) {
      Span span{taken->begin, taken->end};
      if (check_ == nullptr || check_(text, span.begin, span.end)) return span;
    }
    from = match->begin + 1;
  }
  return std::nullopt;
}

// The match that begins where this one does, within the bound; none if it is empty.
std::optional<rules::PatternMatch> Detector::bounded(std::string_view text,
                                                     rules::PatternMatch match,
                                                     size_t searched) const {
  std::optional<rules::PatternMatch> taken = match;
  if (match.end - match.begin > kMaxMatch) {
    taken = pattern_.matchAt(text, match.begin, std::min(searched, match.begin + kMaxMatch));
  }
  if (taken && taken->begin == taken->end) return std::nullopt;
  return taken;
}

size_t Detector::skipTail(std::string_view text, size_t from) const {
  while (from < text.size() && tail_->test(static_cast<unsigned char>(text[from]))) ++from;
  return from;
}

}  // namespace penstock::guard
