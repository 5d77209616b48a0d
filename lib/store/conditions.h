#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/statement.h"

namespace penstock::store {

// Internal to store/: the WHERE of a query, put together from fixed pieces of SQL with the values
// bound apart.
class Conditions {
 public:
  template <typename... Values>
  void add(std::string_view sql, const Values&... values) {
    sql_.append(sql_.empty() ? "WHERE " : " AND ").append(sql);
    (values_.emplace_back(values), ...);
  }
  const std::string& sql() const { return sql_; }
  void bindTo(storage::Statement& statement) const {
    int index = 0;
    for (const auto& value : values_) {
      ++index;
      std::visit([&](const auto& v) { statement.bindAt(index, v); }, value);
    }
  }

 private:
  std::string sql_;
  std::vector<std::variant<int64_t, std::string>> values_;
};

}  // namespace penstock::store
