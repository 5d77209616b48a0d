#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "model/role.h"
#include "storage/statement.h"
#include "store/page.h"

// Internal to store/: what the table classes share.
namespace penstock::store {

constexpr size_t kMaxPage = 1000;

inline Sha256 digestAt(const storage::Rows& row, int column) {
  const std::string_view bytes = row.blob(column);
  Sha256 digest{};
  if (bytes.size() != digest.size()) throw std::runtime_error("a stored digest has a wrong size");
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

inline model::Role roleAt(const storage::Rows& row, int column) {
  const auto role = model::parseRole(row.text(column));
  if (!role) throw std::runtime_error("a stored role is unknown");
  return *role;
}

inline std::optional<Sha256> optionalDigestAt(const storage::Rows& row, int column) {
  if (row.isNull(column)) return std::nullopt;
  return digestAt(row, column);
}

// The digest must outlive the statement's run.
inline std::optional<storage::Blob> optionalBlob(const std::optional<Sha256>& digest) {
  if (!digest) return std::nullopt;
  return storage::blob(*digest);
}

template <typename Read>
auto readAll(storage::Rows rows, Read read) {
  std::vector<decltype(read(rows))> all;
  while (rows.next()) all.push_back(read(rows));
  return all;
}

template <typename Read>
auto readOne(storage::Rows rows, Read read) -> std::optional<decltype(read(rows))> {
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

// Queries ask for one row more than the page holds, to know whether there are more.
inline size_t rowsToAsk(const PageRequest& page) { return std::min(page.limit, kMaxPage) + 1; }

template <typename T>
Page<T> toPage(std::vector<T> items, const PageRequest& page) {
  Page<T> result{std::move(items)};
  result.has_more = result.items.size() >= rowsToAsk(page);
  if (result.has_more) result.items.pop_back();
  return result;
}

// NULL where there is no text.
inline std::optional<std::string_view> unlessEmpty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return text;
}

inline ApiError conflict(std::string code, std::string message, std::string param = {}) {
  return {ErrorKind::Conflict, std::move(code), std::move(message), std::move(param)};
}

}  // namespace penstock::store
