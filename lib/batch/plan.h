#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "base/result.h"
#include "model/price.h"
#include "pricing/quote.h"

namespace penstock::batch {

// What a batch may cost of one model.
struct ModelPlan {
  std::string model;  // as the lines name it
  int64_t requests = 0;
  int64_t tokens = 0;  // the most that they can use, input and output
  Money most;          // the most that they can cost
  bool operator==(const ModelPlan&) const = default;
};

// What a batch may cost at most, by model, and what budgets tell its requests apart by. Kept with
// the batch (RelayedObject::plan) as
//
//   {"endpoint":"/v1/chat/completions","models":[{"model":"gpt-4o","requests":2,"tokens":900,
//     "nanos":4500000}],"end_user":"u","tags":{"team":"a"}}
struct Plan {
  std::string endpoint;  // of OpenAI's lines, which all have the same; else empty
  std::vector<ModelPlan> models;
  std::string end_user;
  std::vector<std::pair<std::string, std::string>> tags;

  int64_t requests() const;
  Money most() const;
  bool operator==(const Plan&) const = default;
};
std::string writePlan(const Plan& plan);
// InvalidRequest when it is none.
Result<Plan> readPlan(std::string_view text);

// Whose prices the requests are planned by: the seller's, with its discount for batches.
struct Pricing {
  pricing::PriceBook book;
  pricing::Seller seller;
  model::UnknownModelPolicy unknown = model::UnknownModelPolicy::Ceiling;
  UnixMillis now = 0;
  std::string_view anthropic_beta = {};  // the caller's header; outlives this
};

// The plan of OpenAI's batch input: JSONL of {"custom_id","method","url","body"}. Every line must
// be a request whose cost has a bound, since the whole of it is set aside before the batch is made.
// Slow for large files: not for an event loop. InvalidRequest/"invalid_batch_line" names the line.
Result<Plan> planLines(std::string_view jsonl, const Pricing& pricing);

// The same of the body of Anthropic's POST /messages/batches:
// {"requests":[{"custom_id","params"}]}.
Result<Plan> planMessageBatch(std::string_view body, const Pricing& pricing);

}  // namespace penstock::batch
