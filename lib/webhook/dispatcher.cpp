#include "webhook/dispatcher.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "webhook/retry.h"
#include "webhook/sign.h"
#include "webhook/slack.h"
#include "webhook/url.h"

namespace penstock::webhook {
namespace {

constexpr uint64_t kMaxResponseBytes = 64 << 10;  // read to keep the connection, never looked at

Outgoing makeOutgoing(const model::WebhookEndpoint& endpoint, store::DueDelivery due,
                      const Target& target, UnixMillis now, std::chrono::milliseconds timeout) {
  Outgoing outgoing;
  outgoing.delivery_id = due.delivery.id;
  outgoing.body =
      endpoint.format == model::WebhookFormat::Slack ? slackBody(due.body) : std::move(due.body);
  outgoing.request.origin = target.origin;
  outgoing.request.origin.allow_private = endpoint.allow_private;
  outgoing.request.path = target.path;
  outgoing.request.headers = signedHeaders(endpoint, due.delivery, outgoing.body, now);
  outgoing.request.timeouts = {timeout, timeout, timeout, timeout};
  outgoing.request.max_response_bytes = kMaxResponseBytes;
  return outgoing;
}

}  // namespace

// What may be sent to one endpoint now.
struct Dispatcher::Candidate {
  model::WebhookEndpoint endpoint;
  std::vector<store::DueDelivery> due;
};

Dispatcher::Dispatcher(const Services& services, const DispatcherOptions& options)
    : services_(services),
      options_(options),
      next_purge_(services.clock.steady()),
      sender_(std::make_shared<Sender>(services.loop, services.client,
                                       [this](Sent sent) { arrive(std::move(sent)); })),
      thread_([this] { run(); }) {}

Dispatcher::~Dispatcher() { close(); }

// Once the sender is closed nothing arrives any more; what the thread hands it still, it drops.
void Dispatcher::close() {
  if (!thread_.joinable()) return;
  sender_->close();
  mailbox_.lock()->stopping = true;
  news_.notify_one();
  thread_.join();
}

void Dispatcher::wake() {
  mailbox_.lock()->woken = true;
  news_.notify_one();
}

void Dispatcher::arrive(Sent sent) {
  mailbox_.lock()->arrived.push_back(std::move(sent));
  news_.notify_one();
}

void Dispatcher::run() {
  while (waitForNews())
    pass([this] {
      recordOutcomes();
      dispatch();
      purgeIfDue();
    });
  pass([this] { recordOutcomes(); });
}

// The store may refuse for a while (a full disk): said once, tried again with the next pass. What
// was not recorded counts as in flight, so that nothing is sent again meanwhile.
void Dispatcher::pass(const std::function<void()>& work) {
  try {
    work();
    store_failed_ = false;
  } catch (const std::exception& failure) {
    if (!std::exchange(store_failed_, true)) {
      services_.log.error("webhook_store_failed", {{"reason", failure.what()}});
    }
  }
}

// False at the end.
bool Dispatcher::waitForNews() {
  auto mailbox = mailbox_.lock();
  mailbox.waitFor(news_, options_.look_every,
                  [&] { return mailbox->stopping || mailbox->woken || !mailbox->arrived.empty(); });
  mailbox->woken = false;
  std::move(mailbox->arrived.begin(), mailbox->arrived.end(), std::back_inserter(unrecorded_));
  mailbox->arrived.clear();
  return !mailbox->stopping;
}

void Dispatcher::recordOutcomes() {
  if (unrecorded_.empty()) return;
  std::vector<store::DeliveryOutcome> outcomes;
  for (const Sent& sent : unrecorded_) outcomes.push_back(judge(sent));
  services_.store.write([&](store::Tables& tables) {
    for (const auto& outcome : outcomes) tables.webhook_outbox.recordOutcome(outcome);
  });
  for (size_t i = 0; i < outcomes.size(); ++i) settle(unrecorded_[i], outcomes[i]);
  unrecorded_.clear();
}

store::DeliveryOutcome Dispatcher::judge(const Sent& sent) const {
  const model::WebhookDelivery& delivery = in_flight_.at(sent.delivery_id);
  store::DeliveryOutcome outcome;
  outcome.delivery_id = delivery.id;
  outcome.at = services_.clock.now();
  outcome.response_status = sent.status;
  outcome.error = sent.error;
  if (sent.delivered()) {
    outcome.status = model::DeliveryStatus::Delivered;
    return outcome;
  }
  outcome.next_attempt_at = nextAttempt(delivery.attempts + 1, outcome.at, delivery.give_up_at);
  if (!outcome.next_attempt_at) outcome.status = model::DeliveryStatus::Failed;
  return outcome;
}

// After the commit: the delivery is not in flight any more.
void Dispatcher::settle(const Sent& sent, const store::DeliveryOutcome& outcome) {
  const auto found = in_flight_.find(sent.delivery_id);
  const model::WebhookDelivery delivery = std::move(found->second);
  in_flight_.erase(found);
  const auto busy = busy_.find(delivery.endpoint_id);
  if (--busy->second == 0) busy_.erase(busy);
  if (sent.delivered()) {
    failing_.erase(delivery.endpoint_id);
  } else {
    failing_.insert(delivery.endpoint_id);
  }
  countOf(outcome).add();
  if (outcome.status == model::DeliveryStatus::Failed) {
    services_.log.warn("webhook_given_up", {{"delivery", delivery.id},
                                            {"endpoint", delivery.endpoint_id},
                                            {"event", delivery.event_type},
                                            {"error", sent.error}});
  }
}

metrics::Counter& Dispatcher::countOf(const store::DeliveryOutcome& outcome) {
  const char* result = outcome.status == model::DeliveryStatus::Pending ? "retry" : "failed";
  if (outcome.status == model::DeliveryStatus::Delivered) result = "delivered";
  return services_.metrics.counter("penstock_webhook_attempts_total",
                                   "Attempts to deliver a webhook event, by what became of them.",
                                   {{"result", result}});
}

// One call for each endpoint in turn until the slots are full, so that none waits for another's
// backlog.
void Dispatcher::dispatch() {
  if (in_flight_.size() >= options_.max_in_flight) return;
  const UnixMillis now = services_.clock.now();
  std::vector<Candidate> found = candidates(now);
  std::vector<Outgoing> batch;
  for (size_t round = 0; round < options_.per_endpoint; ++round) {
    for (Candidate& candidate : found) {
      if (round >= candidate.due.size() || !hasSlotFor(candidate.endpoint.id)) continue;
      take(candidate.endpoint, std::move(candidate.due[round]), now, batch);
    }
  }
  if (!batch.empty()) sender_->send(std::move(batch));
}

// What is due, by endpoint: those that answer first, then by how long they have waited.
std::vector<Dispatcher::Candidate> Dispatcher::candidates(UnixMillis now) {
  return services_.store.read([&](store::Tables& tables) {
    std::vector<std::string> ids = tables.webhook_outbox.dueEndpoints(now);
    std::stable_partition(ids.begin(), ids.end(),
                          [this](const std::string& id) { return !failing_.contains(id); });
    std::vector<Candidate> found;
    for (const std::string& id : ids) {
      if (found.size() >= options_.max_in_flight) break;
      auto due = dueAt(tables, id, now);
      if (due.empty()) continue;
      if (auto endpoint = find(tables, id)) found.push_back({*std::move(endpoint), std::move(due)});
    }
    return found;
  });
}

// As much as the endpoint may have in flight beside what it has.
std::vector<store::DueDelivery> Dispatcher::dueAt(store::Tables& tables,
                                                  const std::string& endpoint_id, UnixMillis now) {
  const auto busy = busy_.find(endpoint_id);
  const size_t taken = busy == busy_.end() ? 0 : busy->second;
  const size_t allowed = failing_.contains(endpoint_id) ? 1 : options_.per_endpoint;
  if (taken >= allowed) return {};
  // What is in flight is due too, and may stand in front.
  auto due = tables.webhook_outbox.due(endpoint_id, now, allowed + taken);
  std::erase_if(due, [&](const auto& one) { return in_flight_.contains(one.delivery.id); });
  if (due.size() > allowed - taken) due.resize(allowed - taken);
  return due;
}

// Receivers that fail share half of the slots, however many they are.
bool Dispatcher::hasSlotFor(const std::string& endpoint_id) const {
  if (in_flight_.size() >= options_.max_in_flight) return false;
  if (!failing_.contains(endpoint_id)) return true;
  size_t failing = 0;
  for (const auto& [id, count] : busy_) failing += failing_.contains(id) ? count : 0;
  return failing < std::max<size_t>(options_.max_in_flight / 2, 1);
}

// One endpoint whose secret does not open must not hold up the others.
std::optional<model::WebhookEndpoint> Dispatcher::find(store::Tables& tables,
                                                       const std::string& endpoint_id) {
  try {
    auto endpoint = tables.webhook_endpoints.find(endpoint_id);
    unreadable_.erase(endpoint_id);
    return endpoint;
  } catch (const std::exception& failure) {
    if (unreadable_.insert(endpoint_id).second) {
      services_.log.error("webhook_endpoint_unreadable",
                          {{"endpoint", endpoint_id}, {"reason", failure.what()}});
    }
    return std::nullopt;
  }
}

void Dispatcher::take(const model::WebhookEndpoint& endpoint, store::DueDelivery due,
                      UnixMillis now, std::vector<Outgoing>& batch) {
  const std::string id = due.delivery.id;
  in_flight_.emplace(id, due.delivery);
  ++busy_[endpoint.id];
  const auto target = parseUrl(endpoint.url);
  if (!target) return arrive({id, std::nullopt, "invalid_url"});
  batch.push_back(makeOutgoing(endpoint, std::move(due), *target, now, options_.attempt_timeout));
}

void Dispatcher::purgeIfDue() {
  const SteadyTime started = services_.clock.steady();
  if (started < next_purge_) return;
  const UnixMillis now = services_.clock.now();
  const UnixMillis before = now - std::chrono::milliseconds(options_.retention).count();
  const bool more = services_.store.write([&](store::Tables& tables) {
    tables.webhook_endpoints.dropExpiredSecrets(now);
    return tables.webhook_outbox.purge(before, options_.purge_batch).more;
  });
  if (!more) next_purge_ = started + options_.purge_every;
}

}  // namespace penstock::webhook
