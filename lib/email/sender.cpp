#include "email/sender.h"

#include <exception>
#include <utility>
#include <vector>

#include "email/message.h"
#include "email/smtp.h"
#include "webhook/retry.h"

namespace penstock::email {

Status Sender::check(const Server& server) {
  if (!addressOf(server.from).empty()) return Unit{};
  return invalidRequest("invalid_smtp_from",
                        "mail needs a sender's address, such as penstock@example.com");
}

Sender::Sender(const Services& services, Server server, std::chrono::milliseconds look_every)
    : services_(services),
      server_(std::move(server)),
      look_every_(look_every),
      thread_([this] { run(); }) {}

Sender::~Sender() { close(); }

void Sender::close() {
  if (!thread_.joinable()) return;
  state_.lock()->stopping = true;
  news_.notify_one();
  thread_.join();
}

void Sender::wake() {
  state_.lock()->woken = true;
  news_.notify_one();
}

bool Sender::waitForNews() {
  auto state = state_.lock();
  state.waitFor(news_, look_every_, [&] { return state->stopping || state->woken; });
  state->woken = false;
  return !state->stopping;
}

// The store may refuse for a while: with the next look it is tried again.
void Sender::run() {
  while (waitForNews()) {
    try {
      sendDue();
    } catch (const std::exception& failure) {
      services_.log.error("email_store_failed", {{"reason", failure.what()}});
    }
  }
}

void Sender::sendDue() {
  constexpr size_t kBatch = 20;
  const auto due = services_.store.read([&](store::Tables& tables) {
    return tables.email_outbox.due(services_.clock.now(), kBatch);
  });
  for (const model::Email& email : due) {
    if (stopping()) return;
    send(email);
  }
  if (due.size() == kBatch) wake();
}

void Sender::send(const model::Email& email) {
  const auto sent = email.id == unrecorded_
                        ? Outcome<Unit>(Unit{})
                        : deliver(server_, email, services_.clock.now(), services_.resolver,
                                  *services_.tls, [this] { return stopping(); });
  if (!sent && stopping()) return;  // cut short by us: as if it had not been tried
  store::EmailOutcome outcome{email.id, model::EmailStatus::Sent, {}, services_.clock.now(), {}};
  if (!sent) {
    outcome.error = sent.error().reason;
    if (!sent.error().permanent) {
      outcome.next_attempt_at =
          webhook::nextAttempt(email.attempts + 1, outcome.at, email.give_up_at);
    }
    outcome.status =
        outcome.next_attempt_at ? model::EmailStatus::Pending : model::EmailStatus::Failed;
  }
  if (sent) unrecorded_ = email.id;
  services_.store.write([&](store::Tables& tables) { tables.email_outbox.recordOutcome(outcome); });
  const bool given_up = outcome.status == model::EmailStatus::Failed;
  const char* const result = sent ? "sent" : (given_up ? "failed" : "retry");
  services_.metrics
      .counter("penstock_email_attempts_total", "Attempts to send a mail, by what became of them.",
               {{"result", result}})
      .add();
  if (given_up || (!sent && !failed_)) {
    services_.log.warn(given_up ? "email_given_up" : "email_failed",
                       {{"email", email.id}, {"error", outcome.error}});
  }
  failed_ = !sent;
}

}  // namespace penstock::email
