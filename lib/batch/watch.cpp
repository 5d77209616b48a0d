#include "batch/watch.h"

#include <algorithm>
#include <exception>
#include <optional>

namespace penstock::batch {
namespace {

constexpr size_t kRows = 100;  // of unsettled batches at a time

}  // namespace

void keepShown(store::Tables& tables, const model::RelayedObject& batch, const Shown& shown,
               std::string_view object) {
  tables.relayed_objects.update(batch.provider_id, batch.id, shown.status, object);
  for (const std::string& id : {shown.output_file_id, shown.error_file_id}) {
    if (id.empty()) continue;
    model::RelayedObject file;
    file.provider_id = batch.provider_id;
    file.id = id;
    file.surface = batch.surface;
    file.project_id = batch.project_id;
    file.api_key_id = batch.api_key_id;
    file.batch_id = batch.id;
    file.purpose = "batch_output";
    file.created_at = batch.created_at;
    tables.relayed_objects.insert(file);
  }
}

Watch::Watch(const Services& services, Holds& holds, Options options)
    : services_(services),
      holds_(holds),
      options_(options),
      asking_(services),
      settlement_(services, holds) {}

Watch::~Watch() {
  close();
  join();
}

void Watch::start() {
  holdAgain();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Watch::close() { thread_.request_stop(); }

void Watch::join() {
  if (thread_.joinable()) thread_.join();
}

void Watch::nudge(std::string_view provider_id, std::string_view id) {
  {
    auto nudged = nudged_.lock();
    Key key(provider_id, id);
    if (std::ranges::find(*nudged, key) != nudged->end()) return;
    nudged->push_back(std::move(key));
  }
  // Under the lock of the sleeper, or it could miss this between its look and its sleep.
  const std::lock_guard lock(sleep_);
  woken_.notify_one();
}

void Watch::run(const std::stop_token& stop) {
  SteadyTime next_round = std::chrono::steady_clock::now() + options_.look_every;
  const auto guarded = [&](auto work) {
    try {
      work();
    } catch (const std::exception& failure) {
      services_.log.error("batch_watch_failed", {{"reason", failure.what()}});
    }
  };
  while (!stop.stop_requested()) {
    std::optional<Key> key;
    {
      auto nudged = nudged_.lock();
      if (!nudged->empty()) {
        key = std::move(nudged->front());
        nudged->pop_front();
      }
    }
    if (key) {
      guarded([&] { look(*key); });
      continue;
    }
    if (std::chrono::steady_clock::now() >= next_round) {
      guarded([&] {
        forEachUnsettled(stop, [this](model::RelayedObject& batch) { look(std::move(batch)); });
      });
      next_round = std::chrono::steady_clock::now() + options_.look_every;
      continue;
    }
    std::unique_lock lock(sleep_);
    woken_.wait_until(lock, stop, next_round, [this] { return !nudged_.lock()->empty(); });
  }
}

template <typename Each>
void Watch::forEachUnsettled(const std::stop_token& stop, Each each) {
  int64_t seq = 0;
  while (!stop.stop_requested()) {
    auto rows = services_.store.read(
        [&](store::Tables& tables) { return tables.relayed_objects.unsettled(seq, kRows); });
    if (rows.empty()) return;
    seq = rows.back().seq;
    for (model::RelayedObject& row : rows) {
      if (stop.stop_requested()) return;
      each(row);
    }
  }
}

// What was set aside before the last stop; a crash has it counted as spent, and then this on top.
void Watch::holdAgain() {
  const auto snapshot = services_.config.get();
  forEachUnsettled({}, [&](const model::RelayedObject& batch) {
    const auto plan = readPlan(batch.plan);
    if (!plan) return;
    const Payer payer{*snapshot, batch.project_id, batch.api_key_id, batch.provider_id, *plan};
    Holds::Shares shares;
    for (const ModelPlan& share : plan->models) {
      shares.push_back(reserveNow(services_.ledger, payer, share, batch.created_at));
    }
    holds_.put(batch.provider_id, batch.id, std::move(shares));
  });
}

void Watch::look(const Key& key) {
  auto batch = services_.store.read(
      [&](store::Tables& tables) { return tables.relayed_objects.findAt(key.first, key.second); });
  if (batch && !batch->settled_at) look(*std::move(batch));
}

void Watch::look(model::RelayedObject batch) {
  Shown shown;
  if (refresh(batch, shown)) {
    describeOutputs(batch, shown);
    if (settlement_.settle(batch, shown)) return;
  }
  if (services_.clock.now() - batch.created_at >= options_.give_up) settlement_.settleMost(batch);
}

// True when the batch is over.
bool Watch::refresh(model::RelayedObject& batch, Shown& shown) {
  const auto snapshot = services_.config.get();
  const model::Provider* provider = snapshot->findProvider(batch.provider_id);
  if (provider == nullptr) {
    settlement_.settleMost(batch);
    return false;
  }
  if (!isOver(batch.surface, batch.status)) {
    const bool openai = batch.surface == model::ObjectSurface::OpenAi;
    const auto answer =
        asking_.get(*provider, (openai ? "batches/" : "messages/batches/") + batch.id);
    if (!answer || answer->status != 200) return false;
    batch.object = answer->body;
    const auto now = readShown(batch.kind, batch.surface, batch.object);
    if (!now || now->id != batch.id) return false;
    batch.status = now->status;
    services_.store.write(
        [&](store::Tables& tables) { keepShown(tables, batch, *now, batch.object); });
  }
  auto known = readShown(batch.kind, batch.surface, batch.object);
  if (!known) return false;
  shown = *std::move(known);
  return isOver(batch.surface, batch.status);
}

// Lists show what the provider has shown of a file, which nobody may have asked for yet.
void Watch::describeOutputs(const model::RelayedObject& batch, const Shown& shown) {
  const auto snapshot = services_.config.get();
  const model::Provider* provider = snapshot->findProvider(batch.provider_id);
  if (provider == nullptr || batch.surface != model::ObjectSurface::OpenAi) return;
  for (const std::string& id : {shown.output_file_id, shown.error_file_id}) {
    if (id.empty()) continue;
    const auto answer = asking_.get(*provider, "files/" + id);
    if (!answer || answer->status != 200) continue;
    const auto file = readShown(model::ObjectKind::File, batch.surface, answer->body);
    if (!file || file->id != id) continue;
    services_.store.write([&](store::Tables& tables) {
      tables.relayed_objects.update(batch.provider_id, id, file->status, answer->body);
    });
  }
}

}  // namespace penstock::batch
