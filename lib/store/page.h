#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace penstock::store {

// Keyset paging over ids, oldest first: the items after `after` (empty: from the start).
struct PageRequest {
  std::string after = {};
  size_t limit = 50;
};

template <typename T>
struct Page {
  std::vector<T> items;
  bool has_more = false;  // then the last item's id is the next `after`
};

enum class Deleted : unsigned char { Exclude, Include };

}  // namespace penstock::store
