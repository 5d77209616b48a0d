#include "batch/settlement.h"

#include <utility>

#include "base/id.h"
#include "batch/tally.h"

namespace penstock::batch {
namespace {

// A plan that cannot be read has no share, so nothing is charged: the gateway wrote it itself.
Plan planOf(const model::RelayedObject& batch) {
  auto plan = readPlan(batch.plan);
  return plan ? *std::move(plan) : Plan();
}

}  // namespace

// Shared with the loop, which may still feed it when nobody waits any more.
struct Settlement::Work {
  Work(std::shared_ptr<const config::Snapshot> of, Plan planned, const Pricing& pricing,
       model::ObjectSurface surface)
      : snapshot(std::move(of)),
        plan(std::move(planned)),
        bill(plan, pricing),
        tally(surface, [this](const AnsweredLine& line) { bill.add(line); }) {}
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  const std::shared_ptr<const config::Snapshot> snapshot;
  const Plan plan;
  Bill bill;
  Tally tally;
};

bool Settlement::settle(const model::RelayedObject& batch, const Shown& shown) {
  const auto snapshot = services_.config.get();
  const model::Provider* provider = snapshot->findProvider(batch.provider_id);
  if (provider == nullptr) {
    settleMost(batch);
    return true;
  }
  Plan plan = planOf(batch);
  if (plan.models.empty()) {
    charge(batch, plan, Bill(plan, pricingOf(services_, *snapshot, *provider, nullptr, 0)),
           *snapshot);
    return true;
  }
  const Pricing pricing = pricingOf(services_, *snapshot, *provider,
                                    snapshot->findProject(batch.project_id), batch.created_at);
  const auto work = std::make_shared<Work>(snapshot, std::move(plan), pricing, batch.surface);
  switch (readOutput(batch, *provider, shown, work)) {
    case Read::Later: return false;
    case Read::Gone: settleMost(batch); return true;
    case Read::Whole: charge(batch, work->plan, work->bill, *snapshot); return true;
  }
  return false;
}

Settlement::Read Settlement::readOutput(const model::RelayedObject& batch,
                                        const model::Provider& provider, const Shown& shown,
                                        const std::shared_ptr<Work>& work) const {
  std::string path;
  if (batch.surface == model::ObjectSurface::Anthropic) {
    if (shown.has_results) path = "messages/batches/" + batch.id + "/results";
  } else if (!shown.output_file_id.empty()) {
    path = "files/" + shown.output_file_id + "/content";
  }
  if (path.empty()) return Read::Whole;  // no request of it was answered
  const auto answer = asking_.getInto(
      provider, path, [work](std::string_view bytes) { return work->tally.feed(bytes); });
  if (answer && answer->status == 200) {
    work->tally.finish();
    return Read::Whole;
  }
  services_.log.warn(
      "batch_output_not_read",
      {{"provider_id", batch.provider_id},
       {"batch", batch.id},
       {"reason", answer ? "status " + std::to_string(answer->status) : answer.error().message}});
  return answer && answer->status == 404 ? Read::Gone : Read::Later;
}

void Settlement::settleMost(const model::RelayedObject& batch) {
  const auto snapshot = services_.config.get();
  const Plan plan = planOf(batch);
  Bill bill(plan, {{services_.prices, snapshot->prices()}, {}});
  bill.assumeMost();
  charge(batch, plan, bill, *snapshot);
}

// Settled before it is marked: a crash in between charges twice, not never.
void Settlement::charge(const model::RelayedObject& batch, const Plan& plan, const Bill& bill,
                        const config::Snapshot& snapshot) {
  Holds::Shares held = holds_.take(batch.provider_id, batch.id);
  const Payer payer{snapshot, batch.project_id, batch.api_key_id, batch.provider_id, plan};
  for (size_t i = 0; i < plan.models.size(); ++i) {
    const Bill::Share& share = bill.shares()[i];
    if (i >= held.size()) {
      held.push_back(
          reserveNow(services_.ledger, payer, {plan.models[i].model, 0, 0, {}}, batch.created_at));
    }
    held[i].settle({.usd = share.cost.total.nanos,
                    .tokens = share.usage.input() + share.usage.output(),
                    .requests = share.requests});
  }
  const UnixMillis now = services_.clock.now();
  const bool first = services_.store.write([&](store::Tables& tables) {
    return tables.relayed_objects.settle(batch.provider_id, batch.id, now);
  });
  if (!first) return;
  for (size_t i = 0; i < plan.models.size(); ++i) {
    record(batch, plan, i, bill.shares()[i], snapshot);
  }
}

void Settlement::record(const model::RelayedObject& batch, const Plan& plan, size_t place,
                        const Bill::Share& share, const config::Snapshot& snapshot) {
  const model::Provider* provider = snapshot.findProvider(batch.provider_id);
  const model::Project* project = snapshot.findProject(batch.project_id);
  model::RequestLog row;
  row.created_at = services_.clock.now();
  row.request_id = newTimeUuid(row.created_at);
  row.organization_id = project == nullptr ? snapshot.organization().id : project->organization_id;
  row.project_id = batch.project_id;
  row.api_key_id = batch.api_key_id;
  row.endpoint = "batches.usage";
  row.requested_model = plan.models[place].model;
  row.provider = provider == nullptr ? std::string() : provider->vendor;
  row.provider_id = batch.provider_id;
  row.model = share.model;
  row.resolved = "provider";
  row.status = 200;
  row.usage = share.usage;
  row.cost_input = share.cost.input;
  row.cost_output = share.cost.output;
  row.cost_total = share.cost.total;
  row.basis = share.basis;
  row.catalogue_version = pricing::PriceBook(services_.prices, snapshot.prices()).version();
  row.service_tier = "batch";
  row.cost_reserved = plan.models[place].most;
  if (share.requests == 0) {
    row.settlement = model::Settlement::Released;
    row.settlement_reason = "no_answers";
  } else {
    row.settlement = share.estimated ? model::Settlement::Estimated : model::Settlement::Settled;
    row.settlement_reason = share.estimated ? "no_usage" : "usage";
  }
  row.end_user = plan.end_user;
  row.trace_id = batch.id;
  row.tags = plan.tags;
  services_.recorder.record(std::move(row));
}

}  // namespace penstock::batch
