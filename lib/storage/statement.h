#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/database.h"

struct sqlite3_stmt;

namespace penstock::storage {

// Bytes to bind as a BLOB.
struct Blob {
  std::string_view bytes;
};

template <size_t N>
Blob blob(const std::array<uint8_t, N>& bytes) {
  return {{reinterpret_cast<const char*>(bytes.data()), N}};
}

// The rows of a running statement. Resets the statement at the end of its scope; at most one Rows
// of a statement exists at a time. Views returned by text() and blob() hold until the next next().
class Rows {
 public:
  explicit Rows(Database& db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  bool next();  // steps to the next (first: the first) row; false at the end

  bool isNull(int column) const;
  int64_t integer(int column) const;
  bool flag(int column) const { return integer(column) != 0; }
  std::string_view text(int column) const;
  std::string string(int column) const { return std::string(text(column)); }
  std::string_view blob(int column) const;
  std::optional<int64_t> optionalInteger(int column) const;
  std::optional<std::string> optionalString(int column) const;

 private:
  Database& db_;
  sqlite3_stmt* statement_;
};

// A prepared statement, bound to its connection and used where that is used. Values are bound in
// order: integers and bools, text, Blob, std::optional of these (absent = NULL), nullptr. A column
// type that does not fit is converted as SQLite does; STRICT tables keep that from happening.
class Statement {
 public:
  // `sql` and `rest`, put together, are literals of the program: one statement. Throws SqlError
  // when it is malformed.
  Statement(Database& db, std::string_view sql, std::string_view rest = {});
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Runs to the end; returns the number of rows changed.
  template <typename... Values>
  int64_t run(const Values&... values) {
    bindAll(Lifetime::Call, values...);
    return execute();
  }

  // Binds copies and returns the rows, not yet stepped.
  template <typename... Values>
  Rows query(const Values&... values) {
    bindAll(Lifetime::Copy, values...);
    return Rows(db_, statement_);
  }

  // Reads the first row's first column as an integer; `fallback` when there is none or it is NULL.
  template <typename... Values>
  int64_t integer(int64_t fallback, const Values&... values) {
    Rows rows = query(values...);
    return rows.next() ? rows.optionalInteger(0).value_or(fallback) : fallback;
  }

  // For statements whose number of values is known at run time only: binds copies one by one.
  template <typename Value>
  void bindAt(int index, const Value& value) {
    bind(index, value, Lifetime::Copy);
  }
  Rows rows() { return Rows(db_, statement_); }

 private:
  // Call: the values outlive the step, nothing is copied.
  enum class Lifetime : uint8_t { Call, Copy };

  template <typename... Values>
  void bindAll([[maybe_unused]] Lifetime lifetime, const Values&... values) {
    checkCount(sizeof...(Values));
    int index = 0;
    (bind(++index, values, lifetime), ...);
  }
  template <std::integral Integer>
  void bind(int index, Integer value, Lifetime) {
    bindInteger(index, static_cast<int64_t>(value));
  }
  void bind(int index, std::nullptr_t, Lifetime) { bindNull(index); }
  void bind(int index, std::string_view text, Lifetime lifetime) {
    bindText(index, text, lifetime);
  }
  void bind(int index, Blob value, Lifetime lifetime) { bindBlob(index, value, lifetime); }
  template <typename Value>
  void bind(int index, const std::optional<Value>& value, Lifetime lifetime) {
    if (value)
      bind(index, *value, lifetime);
    else
      bindNull(index);
  }
  void checkCount(size_t count) const;
  void bindInteger(int index, int64_t value);
  void bindNull(int index);
  void bindText(int index, std::string_view text, Lifetime lifetime);
  void bindBlob(int index, Blob value, Lifetime lifetime);
  int64_t execute();

  // Constant after construction.
  Database& db_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace penstock::storage
