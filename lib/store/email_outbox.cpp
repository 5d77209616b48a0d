#include "store/email_outbox.h"

#include <array>
#include <stdexcept>

#include "base/id.h"
#include "store/rows.h"

namespace penstock::store {
namespace {

constexpr UnixMillis kLifetimeMs = 24LL * 3600 * 1000;
// In the order of EmailStatus.
constexpr std::array<std::string_view, 3> kNames{"pending", "sent", "failed"};

model::EmailStatus statusAt(const storage::Rows& row, int column) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (row.text(column) == kNames.at(i)) return static_cast<model::EmailStatus>(i);
  }
  throw std::runtime_error("a stored mail's status is unknown");
}

model::Email read(const storage::Rows& row) {
  return {row.string(0),    row.string(1),  row.string(2),          row.string(3),
          statusAt(row, 4), row.integer(5), row.optionalInteger(6), row.integer(7),
          row.string(8),    row.integer(9), row.optionalInteger(10)};
}

}  // namespace

model::Email EmailOutbox::add(std::string_view recipient, std::string_view subject,
                              std::string_view body, UnixMillis now) {
  model::Email email;
  email.id = newId("eml_", now);
  email.recipient = recipient;
  email.subject = subject;
  email.body = body;
  email.next_attempt_at = email.created_at = now;
  email.give_up_at = now + kLifetimeMs;
  add_.run(email.id, recipient, subject, body, now, email.give_up_at, now);
  return email;
}

std::optional<model::Email> EmailOutbox::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

std::vector<model::Email> EmailOutbox::due(UnixMillis now, size_t limit) {
  return readAll(due_.query(now, limit), read);
}

void EmailOutbox::recordOutcome(const EmailOutcome& outcome) {
  record_.run(kNames.at(static_cast<size_t>(outcome.status)), outcome.next_attempt_at,
              outcome.error, outcome.at, outcome.id);
}

}  // namespace penstock::store
