// What the attempts came to, as the log and the answer's headers tell it; and the answers that are
// made of several.
#include "http/stream_headers.h"
#include "model/usage_sum.h"
#include "pricing/bill_text.h"
#include "proxy/decision_trace.h"
#include "proxy/pipeline.h"
#include "proxy/surface.h"
#include "trace/decision_json.h"

namespace penstock::proxy {

void Pipeline::onGathered(Attempt& winner, std::string body) {
  const auto self = weak_from_this().lock();
  served_ = &winner;
  if (cache_use_) leaveInCache(winner, body);
  deliver(std::move(body), winner.contentType(), Made::Here);
}

void Pipeline::onGatheringTimedOut(const ApiError& error) {
  const auto keep = weak_from_this().lock();
  answerFailure(error, ClientRetry::Spent);
}

// A whole answer for a caller who wants a stream.
void Pipeline::answerReplay(std::string_view body) {
  row_.ttft_us = microsSinceArrival();
  collect();
  http::Response response;
  response.content_type = streamContentType(*scope_);
  addHeaders(response.headers);
  http::addStreamHeaders(response.headers);
  if (row_.basis != model::PriceBasis::Unknown)
    response.headers.add("X-Modelux-Cost-Usd", row_.cost_total.usd(6));
  response.body = renderOwnStream({body, *scope_, request_->trace ? traceJson() : std::string()});
  keepReplayed(response.body);
  if (retainsPayloads()) retainPayload(response.body);
  finish(200, {});
  exchange_->respond(response);
}

void Pipeline::answerKept(const cache::KeptAnswer& kept) {
  row_.provider = kept.provider;
  row_.provider_id = kept.provider_id;
  row_.model = kept.model;
  row_.basis = model::PriceBasis::Kept;
  if (wantsStream()) return answerReplay(kept.body);
  answerWhole(kept.body, {});
}

// In the cache, if that is for this request. The answer is as the provider gave it, without what we
// add to it for the caller.
void Pipeline::leaveInCache(const Attempt& by, std::string body) {
  if (cache_use_) keepAnswer(*loop_.shared.cache, *cache_use_, by, std::move(body));
}

// Who serves, as far as it is known.
void Pipeline::collectServed(const Attempt& attempt) {
  row_.provider = attempt.candidate().provider->vendor;
  row_.provider_id = attempt.candidate().provider->id;
  row_.model = attempt.bill().model;
}

// Brings what the attempts did into the row, once they have ended: who served, or was the last to
// try, with its usage and the rates it was charged by. Where that one used nothing, the last that
// did explains the cost. Where several were billed the row has the usage and the cost of all, and
// each attempt its own bill.
void Pipeline::collect() {
  if (std::exchange(collected_, true)) return;
  const Attempt* last = nullptr;
  const Attempt* billed = nullptr;
  int bills = 0;
  for (const Attempt* attempt : calledAttempts(chains_)) {
    last = attempt;
    if (attempt->bill().usage.source != model::Usage::Source::None) {
      billed = attempt;
      ++bills;
    }
    row_.attempt_log.push_back(attempt->record());
    ++row_.attempts;
    row_.cost_reserved.nanos += attempt->bill().reserved.nanos;
    row_.cost_total.nanos += attempt->bill().cost.total.nanos;
  }
  const Attempt* by = served();
  if (by == nullptr) by = last;
  if (by != nullptr) {
    collectServed(*by);
    const bool used_nothing = by->bill().usage.source == model::Usage::Source::None;
    collectBill(used_nothing && billed != nullptr ? *billed : *by);
  }
  if (bills > 1) collectSums();
}

void Pipeline::collectBill(const Attempt& attempt) {
  const Attempt::Bill& bill = attempt.bill();
  row_.usage = bill.usage;
  row_.service_tier = bill.service_tier;
  row_.catalogue_version = bill.catalogue_version;
  row_.basis = bill.basis;
  row_.charge = bill.charge;
  row_.cost_input = bill.cost.input;
  row_.cost_output = bill.cost.output;
  row_.settlement = bill.settlement;
  row_.settlement_reason = bill.settlement_reason;
  row_.byok_fingerprint = bill.byok_fingerprint;
  row_.upstream_connect_us = attempt.record().connect_us;
  row_.upstream_head_us = attempt.record().head_us;
}

// The usage and cost of all together. No rates explain them: each attempt's bill does.
void Pipeline::collectSums() {
  using model::Settlement;
  row_.usage = {};
  row_.cost_input = {};
  row_.cost_output = {};
  row_.charge.clear();
  size_t place = 0;
  for (const Attempt* attempt : calledAttempts(chains_)) {
    const Attempt::Bill& bill = attempt->bill();
    model::Attempt& logged = row_.attempt_log[place++];
    if (bill.usage.source == model::Usage::Source::None) continue;
    model::add(bill.usage, row_.usage);
    row_.cost_input.nanos += bill.cost.input.nanos;
    row_.cost_output.nanos += bill.cost.output.nanos;
    logged.bill = pricing::formatBill(bill.charge, bill.usage, bill.service_tier);
    if (bill.settlement != Settlement::Estimated) continue;
    row_.settlement = bill.settlement;
    row_.settlement_reason = bill.settlement_reason;
  }
}

model::DecisionTrace Pipeline::traceOf(const Attempt* serving) const {
  std::optional<Served> told;
  if (gathering_ != nullptr) told = {gathering_->winner(), gathering_->reason()};
  if (serving != nullptr) told = {serving, told ? std::move(told->reason) : std::string()};
  const Spending& spent = serving == nullptr ? spending() : serving->spending();
  auto trace = traceDecision(row_, decision(), chains_, microsSinceArrival(), told);
  noteBudgets(spent, caller_.snapshot->budgets(), trace);
  if (guarding_) noteFindings(guarding_->findings(), trace);
  return trace;
}

std::string Pipeline::traceJson(const Attempt* serving) const {
  return trace::renderDecision(traceOf(serving));
}

}  // namespace penstock::proxy
