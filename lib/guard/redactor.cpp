#include "guard/redactor.h"

#include <algorithm>
#include <tuple>

namespace penstock::guard {

void Redactor::add(const Hit& hit) { pending_.push_back(hit); }

// Once for all that came: they come detector by detector, each through the whole text.
void Redactor::order() {
  // What goes on with a part comes before what begins where that part seemed to end.
  const auto place = [](const Hit& each) {
    return std::tuple(each.span.begin, !each.span.continues, each.entry);
  };
  if (!std::ranges::is_sorted(pending_, {}, place)) std::ranges::stable_sort(pending_, {}, place);
}

void Redactor::release(std::string_view text, size_t end, std::string& out) {
  order();
  const auto pass = [&](size_t until) {
    const size_t from = std::max(released_, hidden_until_);
    if (until > from) out.append(text.substr(from, until - from));
    released_ = std::max(released_, until);
  };
  size_t done = 0;
  for (; done < pending_.size() && pending_[done].span.begin < end; ++done) {
    const Span& span = pending_[done].span;
    if (!span.continues && span.begin >= hidden_until_) {
      pass(span.begin);
      out.append("[REDACTED:").append(set_.entries()[pending_[done].entry].detector.label());
      out.append("]");
      changed_ = true;
    }
    hidden_until_ = std::max(hidden_until_, span.end);
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(done));
  pass(end);
}

void Redactor::drop(size_t bytes) {
  released_ -= bytes;
  hidden_until_ -= std::min(hidden_until_, bytes);
  for (Hit& hit : pending_) {
    hit.span.begin -= bytes;
    hit.span.end -= bytes;
  }
}

}  // namespace penstock::guard
