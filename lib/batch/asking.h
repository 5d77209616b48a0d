#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "batch/plan.h"
#include "batch/services.h"
#include "http/fetch.h"
#include "model/provider.h"

namespace penstock::batch {

// What is asked of providers without a caller: how a batch is, and what came out of it. For threads
// that may block.
class Asking {
 public:
  explicit Asking(const Services& services) : services_(services) {}

  // GET of that path below the API's version. Any status is an answer.
  Result<http::Fetched> get(const model::Provider& provider, std::string_view path) const;
  // The same for what may be large; see http::fetchInto().
  Result<http::Fetched> getInto(const model::Provider& provider, std::string_view path,
                                std::function<bool(std::string_view)> sink) const;

 private:
  Result<http::ClientRequest> request(const model::Provider& provider, std::string_view path) const;
  const Services& services_;
};

// By what a provider's batches are billed, with the prices of a snapshot that outlives it.
Pricing pricingOf(const Services& services, const config::Snapshot& snapshot,
                  const model::Provider& provider, const model::Project* project, UnixMillis now);

}  // namespace penstock::batch
