#include "responses/keeper.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>

#include "dialect/responses_items.h"

namespace penstock::responses {
namespace {

constexpr size_t kThreads = 4;
constexpr size_t kQueue = 1'024;
constexpr size_t kWriteRows = 64;     // of one job of the store's writer
constexpr size_t kSweepRows = 50;     // likewise, of each kind
constexpr size_t kMostItems = 2'000;  // of one response, that can be referred to

std::vector<std::string> itemsOf(const model::StoredResponse& response) {
  std::vector<std::string> ids = dialect::itemIds(dialect::readKeptObject(response.object).output);
  std::ranges::move(dialect::itemIds(response.input), std::back_inserter(ids));
  if (ids.size() > kMostItems) ids.resize(kMostItems);
  return ids;
}

}  // namespace

Keeper::Keeper(Services services, Options options)
    : services_(services), options_(options), workers_(kThreads, kQueue) {}

Keeper::~Keeper() { finish(); }

void Keeper::start() {
  thread_ = std::jthread([this] { run(); });
}

void Keeper::finish() {
  waiting_.lock()->closing = true;
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Keeper::keep(model::StoredResponse response) {
  if (options_.keep_for <= 0) return false;
  if (response.bytes() > options_.most_bytes) return lose(response, "too_large");
  const auto kept = std::make_shared<const model::StoredResponse>(std::move(response));
  return enqueue(kept) || lose(*kept, "writing_is_behind");
}

bool Keeper::enqueue(const Found& response) {
  auto waiting = waiting_.lock();
  if (waiting->closing || waiting->bytes + response->bytes() > options_.waiting_bytes) return false;
  waiting->bytes += response->bytes();
  waiting->by_key[{response->project_id, response->id}] = response;
  waiting->in_order.push_back(response);
  woken_.notify_all();
  return true;
}

bool Keeper::lose(const model::StoredResponse& response, const std::string& reason) {
  lost_.fetch_add(1, std::memory_order_relaxed);
  services_.log.warn(
      "response_not_kept",
      {{"project_id", response.project_id}, {"response_id", response.id}, {"reason", reason}});
  return false;
}

bool Keeper::isOld(const model::StoredResponse& response) const {
  return response.created_at <= services_.clock.now() - options_.keep_for;
}

Keeper::Found Keeper::fresh(std::optional<model::StoredResponse> row) const {
  if (!row || isOld(*row)) return nullptr;
  return std::make_shared<const model::StoredResponse>(*std::move(row));
}

// Memory first: what has left it is in the store by then.
Keeper::Found Keeper::find(std::string_view project_id, std::string_view id) {
  {
    auto waiting = waiting_.lock();
    const auto found = waiting->by_key.find({std::string(project_id), std::string(id)});
    if (found != waiting->by_key.end()) return isOld(*found->second) ? nullptr : found->second;
  }
  return fresh(services_.store.read(
      [&](store::Tables& tables) { return tables.stored_responses.find(project_id, id); }));
}

Keeper::Found Keeper::findByItem(std::string_view project_id, std::string_view item_id) {
  std::vector<Found> waiting;
  for (const Found& response : waiting_.lock()->in_order)
    if (response->project_id == project_id && !isOld(*response)) waiting.push_back(response);
  for (const Found& response : waiting) {
    const auto ids = itemsOf(*response);
    if (std::ranges::find(ids, item_id) != ids.end() && isWaiting(response)) return response;
  }
  return fresh(services_.store.read([&](store::Tables& tables) {
    return tables.stored_responses.findByItem(project_id, item_id);
  }));
}

// Out of memory first: then the thread does not write it any more, or has before this does.
bool Keeper::remove(std::string_view project_id, std::string_view id) {
  const bool waited = waiting_.lock()->by_key.erase({std::string(project_id), std::string(id)}) > 0;
  const bool stored = services_.store.write(
      [&](store::Tables& tables) { return tables.stored_responses.remove(project_id, id); });
  return waited || stored;
}

bool Keeper::isWaiting(const Found& response) {
  auto waiting = waiting_.lock();
  const auto found = waiting->by_key.find({response->project_id, response->id});
  return found != waiting->by_key.end() && found->second == response;
}

void Keeper::run() {
  Left left = Left::Perhaps;
  for (;;) {
    const std::vector<Found> batch = take(left);
    if (!batch.empty()) {
      write(batch);
    } else if (waiting_.lock()->closing) {
      return;
    } else {
      left = sweepSome();
    }
  }
}

// What is to be written next, once there is something; nothing when it is time to sweep, or to end.
std::vector<Keeper::Found> Keeper::take(Left left) {
  auto waiting = waiting_.lock();
  const auto ready = [&] { return waiting->closing || !waiting->in_order.empty(); };
  if (left == Left::Nothing) waiting.waitFor(woken_, options_.sweep_every, ready);
  const auto end = std::min(kWriteRows, waiting->in_order.size());
  const auto last = waiting->in_order.begin() + static_cast<std::ptrdiff_t>(end);
  std::vector<Found> batch(waiting->in_order.begin(), last);
  return batch;
}

// They stay in memory until they are committed.
void Keeper::write(const std::vector<Found>& batch) {
  std::vector<std::vector<std::string>> items;
  items.reserve(batch.size());
  for (const Found& response : batch) items.push_back(itemsOf(*response));
  try {
    services_.store.write([&](store::Tables& tables) {
      for (size_t i = 0; i < batch.size(); ++i)
        if (isWaiting(batch[i])) tables.stored_responses.put(*batch[i], items[i]);
    });
  } catch (const std::exception& failure) {
    for (const Found& response : batch) lose(*response, failure.what());
  }
  forget(batch);
}

void Keeper::forget(const std::vector<Found>& batch) {
  auto waiting = waiting_.lock();
  for (const Found& response : batch) {
    waiting->in_order.pop_front();
    waiting->bytes -= response->bytes();
    const auto found = waiting->by_key.find({response->project_id, response->id});
    if (found != waiting->by_key.end() && found->second == response) waiting->by_key.erase(found);
  }
}

void Keeper::sweep() {
  while (sweepSome() == Left::Perhaps) {
  }
}

Keeper::Left Keeper::sweepSome() {
  try {
    const bool too_much = services_.store.read([](store::Tables& tables) {
      return tables.stored_responses.bytes();
    }) > options_.total_bytes;
    const UnixMillis until = services_.clock.now() - options_.keep_for;
    const int64_t gone = services_.store.write([&](store::Tables& tables) {
      store::StoredResponseTable& table = tables.stored_responses;
      int64_t rows =
          table.removeUntil(until, kSweepRows) + table.removeOfDeletedProjects(kSweepRows);
      if (too_much) rows += table.removeOldest(kSweepRows);
      return rows;
    });
    return gone > 0 ? Left::Perhaps : Left::Nothing;
  } catch (const std::exception& failure) {
    services_.log.error("responses_not_swept", {{"detail", failure.what()}});
    return Left::Nothing;
  }
}

}  // namespace penstock::responses
