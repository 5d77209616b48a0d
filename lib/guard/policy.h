#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "guard/detector_set.h"
#include "guard/finding.h"
#include "guard/rule.h"
#include "http/client.h"

namespace penstock::guard {

// What the rules say of a body or a text.
struct Verdict {
  std::optional<Refusal> refusal;        // nothing below counts as an answer then, but for the log
  std::optional<std::string> rewritten;  // what to go on with instead; absent: as it was
  std::vector<Finding> findings;         // of the refusing rule too
};

// A webhook rule, ready to be asked (webhook_call.h).
struct Webhook {
  std::string rule;
  Where where = Where::Both;
  http::Origin origin;
  std::string path;
  Secret secret;  // what requests are signed with
  std::chrono::milliseconds timeout{2000};
  bool fail_open = false;
};

using WebhookSecrets = std::map<std::string, Secret, std::less<>>;  // by rule

// A project's guardrails, compiled. Immutable, thread-safe; made with the snapshot, shared by all
// that hold it. Everything here is computation: webhooks are asked by webhook_call.h.
class Policy {
 public:
  // Unprocessable, `param` being the rule's pointer ("/3"), for what readRules() would have
  // refused.
  static Result<std::shared_ptr<const Policy>> compile(const std::vector<Rule>& rules,
                                                       const WebhookSecrets& secrets);

  // Whether there is anything to check: false costs the caller nothing more.
  bool checks(Phase phase) const;
  // Whether texts of that phase are looked at or changed. For outputs: a StreamGuard is due.
  bool readsTexts(Phase phase) const { return !texts(phase).empty(); }
  std::vector<const Webhook*> webhooks(Phase phase) const;

  // A request as it came: the model it names, its tools, its size and its texts. `body` is valid
  // JSON, of any API; the model is "" where a request has none.
  Verdict checkRequest(std::string_view body, std::string_view model) const;
  // A model that a routing config leads to. Only a refusal or a finding.
  Verdict checkModel(std::string_view model) const;
  // A whole answer, likewise of any API. Where a text was changed, lists of its tokens
  // (`logprobs`) become null.
  Verdict checkResponse(std::string_view body) const;
  // One text that is not in a body; `rewritten` is the text.
  Verdict checkText(Phase phase, std::string_view text, std::string_view place) const;

  // For StreamGuard.
  const DetectorSet& texts(Phase phase) const { return phase == Phase::Input ? input_ : output_; }
  Finding findingOf(const SetEntry& entry, std::string place) const;
  Refusal refusalOf(const SetEntry& entry) const;

 private:
  struct NameRule {
    size_t rule;
    NameLists names;
  };
  struct SizeRule {
    size_t rule;
    MaxPromptRule most;
  };
  struct Head {
    std::string name;
    Action action;
  };
  class Checking;  // one verdict coming to be

  Policy() = default;
  Status add(size_t place, const Rule& rule, const WebhookSecrets& secrets);
  Status addTexts(size_t place, const Rule& rule);
  void addText(const SetEntry& entry, Where where);
  void addBuiltin(const BuiltinGroup& group, const std::vector<std::string>& types, size_t place,
                  const Rule& rule);

  std::vector<Head> heads_;  // by rule
  DetectorSet input_, output_;
  std::vector<NameRule> models_, tools_;
  std::vector<SizeRule> sizes_;
  std::vector<Webhook> webhooks_;
};

// 403 blocked_by_guardrail.
ApiError toError(const Refusal& refusal);

// How findings and replacements name what a regex or keyword rule finds: "no prices" is NO_PRICES.
std::string labelOf(std::string_view rule_name);

}  // namespace penstock::guard
