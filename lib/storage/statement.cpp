#include "storage/statement.h"

#include <sqlite3.h>

#include <stdexcept>

namespace penstock::storage {
namespace {

void check(Database& db, int result) {
  if (result != SQLITE_OK) throw db.error("bind");
}

}  // namespace

Rows::~Rows() { sqlite3_reset(statement_); }

bool Rows::next() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  throw db_.error(sqlite3_sql(statement_));
}

bool Rows::isNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Rows::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Rows::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<int64_t> Rows::optionalInteger(int column) const {
  if (isNull(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Rows::optionalString(int column) const {
  if (isNull(column)) return std::nullopt;
  return string(column);
}

Statement::Statement(Database& db, std::string_view sql, std::string_view rest) : db_(db) {
  const std::string whole = std::string(sql).append(rest);
  if (sqlite3_prepare_v3(db.handle(), whole.data(), static_cast<int>(whole.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK) {
    throw db.error("prepare " + whole);
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::checkCount(size_t count) const {
  if (static_cast<size_t>(sqlite3_bind_parameter_count(statement_)) != count) {
    throw std::logic_error(std::string("wrong number of values for ") + sqlite3_sql(statement_));
  }
}

void Statement::bindInteger(int index, int64_t value) {
  check(db_, sqlite3_bind_int64(statement_, index, value));
}

void Statement::bindNull(int index) { check(db_, sqlite3_bind_null(statement_, index)); }

void Statement::bindText(int index, std::string_view text, Lifetime lifetime) {
  // A view without bytes has a null pointer, which SQLite would take for NULL.
  const char* bytes = text.data() == nullptr ? "" : text.data();
  check(db_, sqlite3_bind_text64(statement_, index, bytes, text.size(),
                                 lifetime == Lifetime::Call ? SQLITE_STATIC : SQLITE_TRANSIENT,
                                 SQLITE_UTF8));
}

void Statement::bindBlob(int index, Blob value, Lifetime lifetime) {
  const char* bytes = value.bytes.data() == nullptr ? "" : value.bytes.data();
  check(db_, sqlite3_bind_blob64(statement_, index, bytes, value.bytes.size(),
                                 lifetime == Lifetime::Call ? SQLITE_STATIC : SQLITE_TRANSIENT));
}

int64_t Statement::execute() {
  // Reset first: a write statement left open would hold back the commit.
  const int result = sqlite3_step(statement_);
  if (result != SQLITE_DONE && result != SQLITE_ROW) {
    const SqlError failure = db_.error(sqlite3_sql(statement_));
    sqlite3_reset(statement_);
    throw failure;
  }
  while (result == SQLITE_ROW && sqlite3_step(statement_) == SQLITE_ROW) {
  }
  sqlite3_reset(statement_);
  return db_.changes();
}

}  // namespace penstock::storage
