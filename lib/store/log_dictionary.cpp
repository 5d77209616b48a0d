#include "store/log_dictionary.h"

namespace penstock::store {

std::optional<int64_t> LogDictionary::known(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const size_t place = 5 * text.size() + static_cast<unsigned char>(text.front());
  const Ids::value_type*& recent = recent_[place % recent_.size()];
  if (recent != nullptr && recent->first == text) return recent->second;
  const auto found = ids_.find(text);
  if (found == ids_.end()) return std::nullopt;
  recent = &*found;
  return found->second;
}

int64_t LogDictionary::intern(std::string_view text) {
  if (text.empty()) return 0;
  if (const auto id = known(text)) return *id;
  insert_.run(text);
  const int64_t id = by_text_.integer(0, text);
  ids_.emplace(text, id);
  return id;
}

std::optional<int64_t> LogDictionary::find(std::string_view text) {
  if (text.empty()) return 0;
  const int64_t id = by_text_.integer(0, text);
  if (id == 0) return std::nullopt;
  return id;
}

const std::string& LogDictionary::text(int64_t id) {
  const auto known = texts_.find(id);
  if (known != texts_.end()) return known->second;
  std::string text;
  if (id != 0) {
    storage::Rows rows = by_id_.query(id);
    if (rows.next()) text = rows.string(0);
  }
  return texts_.emplace(id, std::move(text)).first->second;
}

}  // namespace penstock::store
