#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/policies.h"
#include "dialect/openai_request.h"
#include "proxy/attempt.h"
#include "proxy/extensions.h"
#include "routing/decision.h"

namespace penstock::proxy {

// What a judge is asked. Long requests and replies are cut: it needs the gist.
std::string questionWhichIsBest(std::string_view instructions, std::string_view request,
                                std::span<const std::string> replies);
std::string questionHowGood(std::string_view request, std::string_view reply);

// The place of the reply that the judge names: the first whole number from 1 to `count` in its
// answer, less one.
std::optional<size_t> readChoice(std::string_view answer, size_t count);
// The first number of its answer as a score from 0 to 1; one above 1 is taken as of 100.
std::optional<double> readScore(std::string_view answer);

// A request of ours to a model that judges replies, and what a Chain needs to make it. Outlives the
// chain. Its cost is the caller's: it draws on the same budgets as the request that it is for.
class Judge {
 public:
  Judge(const RequestScope& judged, const config::PolicyTarget& target, int64_t timeout_ms,
        std::string_view question);
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  const RequestScope& scope() const { return scope_; }
  const routing::Line& line() const { return line_; }

 private:
  // Constant after construction.
  const routing::Line line_;
  const Extensions extensions_;  // without a key of the caller's: who judges is ours to pay
  const std::string text_;       // request_ points into it
  const dialect::OpenAiRequest request_;
  TypedRequest typed_;
  const RequestScope scope_;
};

}  // namespace penstock::proxy
