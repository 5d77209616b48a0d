#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/email.h"
#include "storage/statement.h"

namespace penstock::store {

// What became of one attempt to send a mail.
struct EmailOutcome {
  std::string id;
  model::EmailStatus status = model::EmailStatus::Pending;
  std::optional<UnixMillis> next_attempt_at;  // set exactly while pending
  UnixMillis at = 0;
  std::string error;
};

// The only code that knows the table email_outbox. One instance a connection.
class EmailOutbox {
 public:
  explicit EmailOutbox(storage::Database& db) : db_(db) {}

  // A mail that is due at once and is tried for a day.
  model::Email add(std::string_view recipient, std::string_view subject, std::string_view body,
                   UnixMillis now);
  std::optional<model::Email> find(std::string_view id);
  // Those that are due, the longest first.
  std::vector<model::Email> due(UnixMillis now, size_t limit);
  void recordOutcome(const EmailOutcome& outcome);
  // Deletes at most `limit` mails that were made before, whatever became of them.
  int64_t purge(UnixMillis made_before, int64_t limit) { return purge_.run(made_before, limit); }

 private:
  static constexpr std::string_view kSelect =
      "SELECT id, recipient, subject, body, status, attempts, next_attempt_at, give_up_at, error, "
      "created_at, sent_at FROM email_outbox ";
  storage::Database& db_;
  storage::Statement add_{
      db_,
      "INSERT INTO email_outbox (id, recipient, subject, body, status, next_attempt_at, "
      "give_up_at, created_at) VALUES (?, ?, ?, ?, 'pending', ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "WHERE id = ?"};
  storage::Statement due_{
      db_, kSelect,
      "WHERE status = 'pending' AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ?"};
  storage::Statement record_{
      db_,
      "UPDATE email_outbox SET status = ?1, next_attempt_at = ?2, attempts = attempts + 1, "
      "error = ?3, sent_at = CASE ?1 WHEN 'sent' THEN ?4 END WHERE id = ?5 AND status = 'pending'"};
  storage::Statement purge_{
      db_,
      "DELETE FROM email_outbox WHERE id IN "
      "(SELECT id FROM email_outbox WHERE created_at < ? ORDER BY id LIMIT ?)"};
};

}  // namespace penstock::store
