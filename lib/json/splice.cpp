#include "json/splice.h"

#include <algorithm>
#include <cstring>

#include "json/writer.h"

namespace penstock::json {

size_t Spliced::size() const {
  size_t total = 0;
  for (const auto piece : pieces_) total += piece.size();
  return total;
}

std::string Spliced::str() const {
  std::string out;
  out.reserve(size());
  for (const auto piece : pieces_) out.append(piece);
  return out;
}

void Splicer::replaceValue(size_t i, std::string json) {
  edits_.push_back({i, false, std::move(json)});
}

void Splicer::removeMember(size_t i) { edits_.push_back({i, true, {}}); }

void Splicer::appendMember(std::string_view key, std::string_view json) {
  if (!appended_.empty()) appended_.push_back(',');
  appendString(appended_, key);
  appended_.push_back(':');
  appended_.append(json);
}

// The edits as spans in order of place. A removed member takes the comma before it along when a
// member before it stays, else the comma after it, so that what is left is an object again.
std::vector<Splicer::Cut> Splicer::cuts(std::string& tail) const {
  std::vector<const Edit*> sorted;
  for (const Edit& edit : edits_) sorted.push_back(&edit);
  std::ranges::sort(sorted, {}, [](const Edit* edit) { return edit->member; });

  const char* base = object_.text().data();
  std::vector<Cut> cuts;
  size_t removed = 0;
  for (const Edit* edit : sorted) {
    const Member& member = object_[edit->member];
    const auto value = static_cast<size_t>(member.value.data() - base);
    const size_t value_end = value + member.value.size();
    if (!edit->remove) {
      cuts.push_back({value, value_end, edit->json});
      continue;
    }
    const bool kept_before = edit->member > removed++;
    const bool last = edit->member + 1 == object_.size();
    if (kept_before)
      cuts.push_back({member.comma, value_end, {}});
    else if (last)
      cuts.push_back({member.begin, value_end, {}});
    else
      cuts.push_back({member.begin, object_[edit->member + 1].comma + 1, {}});
  }
  if (!appended_.empty()) {
    tail = (removed < object_.size() ? "," : "") + appended_;
    cuts.push_back({object_.close(), object_.close(), tail});
  }
  return cuts;
}

Spliced Splicer::build() const {
  std::string tail;
  const std::vector<Cut> list = cuts(tail);
  size_t inserted = 0;
  for (const Cut& cut : list) inserted += cut.insert.size();

  Spliced out;
  if (inserted > 0) out.owned_ = std::make_unique<char[]>(inserted);
  out.pieces_.reserve(list.size() * 2 + 1);
  const std::string_view text = object_.text();
  char* free = out.owned_.get();
  size_t at = 0;
  for (const Cut& cut : list) {
    if (cut.begin > at) out.pieces_.push_back(text.substr(at, cut.begin - at));
    if (!cut.insert.empty()) {
      std::memcpy(free, cut.insert.data(), cut.insert.size());
      out.pieces_.emplace_back(free, cut.insert.size());
      free += cut.insert.size();
    }
    at = cut.end;
  }
  if (at < text.size()) out.pieces_.push_back(text.substr(at));
  return out;
}

}  // namespace penstock::json
