#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/policies.h"
#include "config/policy.h"
#include "json/reader.h"

namespace penstock::config {

// Reads one policy's config, with the policies inside it, recording every error in the readers it
// is given. What comes out is complete only when they recorded none. One use.
class PolicyReader {
 public:
  explicit PolicyReader(const PolicyContext& context) : context_(context) {}

  // Nothing when there is no policy of that name; nothing was read then.
  std::optional<Policy> read(std::string_view name, json::ObjectReader& config);

  // The code of the errors where they have one of their own: invalid_rule.
  const std::string& code() const { return code_; }

 private:
  using Object = json::ObjectReader;
  enum class Allow : uint8_t { Anything, TargetsAndConfigs };

  Policy readSingle(Object& config);
  Policy readFallbackChain(Object& config);
  Policy readCostOptimized(Object& config);
  Policy readLatencyOptimized(Object& config);
  Policy readEnsemble(Object& config);
  Policy readAbTest(Object& config);
  Policy readCascade(Object& config);
  Policy readCustomRules(Object& config);

  PolicyTarget readTarget(Object& object);
  void readCredentials(Object& object, PolicyTarget& target);
  void resolve(Object& object, PolicyTarget& target);
  std::vector<PolicyTarget> readAllowed(Object& config);
  ChainRules readChainRules(Object& config);
  Route readRoute(Object& object, Allow allow);
  Route readRouteAt(Object& object, std::string_view key);
  Route readRouteText(const std::string& text, const std::function<void(std::string)>& fail);
  Route readInline(Object& object);
  void readRule(Object& object, CustomRules& rules, bool& closed);
  Acceptance readAcceptance(Object& step);
  std::optional<rules::Pattern> readPattern(Object& object, std::string_view key,
                                            std::string& text);
  std::optional<json::Schema> readSchema(Object& object, std::string_view key, std::string& text);

  const PolicyContext& context_;
  std::string code_;
  int depth_ = 0;  // of policies in each other
};

}  // namespace penstock::config
