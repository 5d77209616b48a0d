#include "guard/policy.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dialect/estimate.h"
#include "guard/glob.h"
#include "guard/prose.h"
#include "guard/redactor.h"
#include "guard/tool_names.h"
#include "json/raw.h"
#include "json/writer.h"
#include "webhook/url.h"

namespace penstock::guard {
namespace {

bool isDenied(const NameLists& names, std::string_view name) {
  const auto fits = [&](const std::string& glob) { return matchesGlob(glob, name); };
  if (std::ranges::any_of(names.deny, fits)) return true;
  return !names.allow.empty() && std::ranges::none_of(names.allow, fits);
}

ApiError notCompiled(std::string message) {
  return {ErrorKind::Unprocessable, "invalid_guardrail", std::move(message)};
}

}  // namespace

std::string labelOf(std::string_view rule_name) {
  std::string label;
  for (const char c : rule_name) {
    const char lower = asciiLower(c);
    if (lower >= 'a' && lower <= 'z') {
      label += static_cast<char>(lower - 'a' + 'A');
    } else {
      label += c >= '0' && c <= '9' ? c : '_';
    }
  }
  return label;
}

ApiError toError(const Refusal& refusal) {
  return {ErrorKind::Forbidden, "blocked_by_guardrail", refusal.message};
}

Result<std::shared_ptr<const Policy>> Policy::compile(const std::vector<Rule>& rules,
                                                      const WebhookSecrets& secrets) {
  std::shared_ptr<Policy> policy(new Policy);
  for (size_t i = 0; i < rules.size(); ++i) {
    policy->heads_.push_back({rules[i].name, rules[i].action});
    if (Status added = policy->add(i, rules[i], secrets); !added) {
      ApiError error = std::move(added).error();
      error.param = "/" + std::to_string(i);
      return error;
    }
  }
  return std::shared_ptr<const Policy>(std::move(policy));
}

Status Policy::add(size_t place, const Rule& rule, const WebhookSecrets& secrets) {
  if (const auto* models = std::get_if<ModelsRule>(&rule.kind)) {
    models_.push_back({place, *models});
  } else if (const auto* tools = std::get_if<ToolsRule>(&rule.kind)) {
    tools_.push_back({place, *tools});
  } else if (const auto* size = std::get_if<MaxPromptRule>(&rule.kind)) {
    sizes_.push_back({place, *size});
  } else if (const auto* hook = std::get_if<WebhookRule>(&rule.kind)) {
    auto target = webhook::parseUrl(hook->url);
    if (!target) return std::move(target).error();
    target->origin.allow_private = hook->allow_private;
    const auto secret = secrets.find(rule.name);
    webhooks_.push_back({rule.name, rule.where, std::move(target->origin), std::move(target->path),
                         secret == secrets.end() ? Secret() : secret->second,
                         std::chrono::milliseconds(hook->timeout_ms), hook->fail_open});
  } else {
    return addTexts(place, rule);
  }
  return Unit{};
}

Status Policy::addTexts(size_t place, const Rule& rule) {
  const auto add_own = [&](Result<Detector, std::string> detector) -> Status {
    if (!detector) return notCompiled(std::move(detector).error());
    addText({*std::move(detector), place, rule.action}, rule.where);
    return Unit{};
  };
  if (const auto* regex = std::get_if<RegexRule>(&rule.kind)) {
    for (const std::string& pattern : regex->patterns) {
      Status added = add_own(Detector::ofPattern(labelOf(rule.name), pattern));
      if (!added) return added;
    }
  } else if (const auto* keywords = std::get_if<KeywordsRule>(&rule.kind)) {
    return add_own(Detector::ofKeywords(labelOf(rule.name), *keywords));
  } else if (const auto* pii = std::get_if<PiiRule>(&rule.kind)) {
    addBuiltin(piiGroup(), pii->types, place, rule);
  } else if (const auto* secrets = std::get_if<SecretsRule>(&rule.kind)) {
    addBuiltin(secretsGroup(), secrets->types, place, rule);
  }
  return Unit{};
}

void Policy::addText(const SetEntry& entry, Where where) {
  if (looksAt(where, Phase::Input)) input_.add(entry);
  if (looksAt(where, Phase::Output)) output_.add(entry);
}

void Policy::addBuiltin(const BuiltinGroup& group, const std::vector<std::string>& types,
                        size_t place, const Rule& rule) {
  if (types.empty()) {
    if (looksAt(rule.where, Phase::Input)) input_.addGroup(group, place, rule.action);
    if (looksAt(rule.where, Phase::Output)) output_.addGroup(group, place, rule.action);
    return;
  }
  for (size_t i = 0; i < group.rows.size(); ++i) {
    if (std::ranges::find(types, group.rows[i].type) == types.end()) continue;
    addText({group.detectors[i], place, rule.action}, rule.where);
  }
}

bool Policy::checks(Phase phase) const {
  if (readsTexts(phase) || !webhooks(phase).empty()) return true;
  return phase == Phase::Input && !(models_.empty() && tools_.empty() && sizes_.empty());
}

std::vector<const Webhook*> Policy::webhooks(Phase phase) const {
  std::vector<const Webhook*> asked;
  for (const Webhook& hook : webhooks_) {
    if (looksAt(hook.where, phase)) asked.push_back(&hook);
  }
  return asked;
}

Finding Policy::findingOf(const SetEntry& entry, std::string place) const {
  return {heads_[entry.rule].name, entry.detector.label(), std::move(place), entry.action};
}

Refusal Policy::refusalOf(const SetEntry& entry) const {
  const std::string& rule = heads_[entry.rule].name;
  return {rule, entry.detector.label(),
          fmt::format("blocked by the guardrail \"{}\": {}", rule, entry.detector.label())};
}

class Policy::Checking {
 public:
  explicit Checking(const Policy& policy) : policy_(policy) {}

  bool refused() const { return refusal_.has_value(); }

  void names(const std::vector<NameRule>& rules, std::string_view name, const char* kind,
             const char* place) {
    for (const NameRule& rule : rules) {
      if (isDenied(rule.names, name)) found(rule.rule, kind, place, "is not allowed");
    }
  }

  void sizes(const dialect::TextSize& size) {
    for (const SizeRule& rule : policy_.sizes_) {
      if ((rule.most.max_bytes && size.size() > *rule.most.max_bytes) ||
          (rule.most.max_tokens && size.tokens() > *rule.most.max_tokens)) {
        found(rule.rule, "MAX_PROMPT", "", "is too long");
      }
    }
  }

  // Whether it may go on. `changed` is set where something was replaced.
  bool text(const DetectorSet& set, std::string_view text,
            const std::function<std::string()>& place, std::optional<std::string>& changed) {
    TextScan scan(set);
    hits_.clear();
    scan.scan(text, TextEnd::Final, hits_);
    if (hits_.empty()) return true;
    Redactor redactor(set);
    const Hit* blocking = nullptr;
    for (const Hit& hit : hits_) {
      const SetEntry& entry = set.entries()[hit.entry];
      findings_.add(policy_.findingOf(entry, place()));
      if (entry.action == Action::Redact) redactor.add(hit);
      if (entry.action != Action::Block) continue;
      if (blocking == nullptr || hit.span.begin < blocking->span.begin) blocking = &hit;
    }
    if (blocking != nullptr) {
      refusal_ = policy_.refusalOf(set.entries()[blocking->entry]);
      return false;
    }
    std::string redacted;
    redactor.release(text, text.size(), redacted);
    if (redactor.changed()) changed = std::move(redacted);
    return true;
  }

  // The texts of a body; those that change are replaced in it.
  void body(std::string_view body, Phase phase, dialect::TextSize* size) {
    BodyEdits edits(body);
    std::vector<std::string_view> token_texts;
    const DetectorSet& set = policy_.texts(phase);
    ProseVisitor visitor{[&](std::string_view raw, const Place& place) {
      std::optional<std::string> decoded, changed;
      auto plain = json::rawPlainString(raw);
      if (!plain) plain = decoded = json::rawString(raw);
      if (size != nullptr) size->add(*plain);
      if (set.empty()) return true;
      const bool goes_on = text(
          set, *plain, [&] { return place.pointer(); }, changed);
      if (changed) edits.replace(raw, json::quoted(*changed));
      return goes_on;
    }};
    visitor.token_texts = [&](std::string_view raw) { token_texts.push_back(raw); };
    visitProse(body, phase, visitor);
    if (edits.empty() || refused()) return;
    for (const std::string_view raw : token_texts) edits.replace(raw, "null");
    rewritten_ = edits.apply();
  }

  Verdict take() { return {std::move(refusal_), std::move(rewritten_), findings_.take()}; }
  void rewrite(std::optional<std::string> text) { rewritten_ = std::move(text); }

 private:
  void found(size_t rule, const char* kind, const char* place, const char* what) {
    const Head& head = policy_.heads_[rule];
    findings_.add({head.name, kind, place, head.action});
    if (head.action != Action::Block || refused()) return;
    refusal_ = Refusal{
        head.name, kind,
        fmt::format("blocked by the guardrail \"{}\": {} {}", head.name,
                    std::string_view(kind) == "MAX_PROMPT" ? "the prompt" : "a " + asciiLower(kind),
                    what)};
  }

  const Policy& policy_;
  std::optional<Refusal> refusal_;
  std::optional<std::string> rewritten_;
  Findings findings_;
  std::vector<Hit> hits_;
};

Verdict Policy::checkRequest(std::string_view body, std::string_view model) const {
  Checking checking(*this);
  if (!model.empty()) checking.names(models_, model, "MODEL", "/model");
  if (!tools_.empty()) {
    forEachToolName(body, [&](std::string_view name) {
      checking.names(tools_, name, "TOOL", "/tools");
      return !checking.refused();
    });
  }
  if (checking.refused() || (input_.empty() && sizes_.empty())) return checking.take();
  dialect::TextSize size;
  checking.body(body, Phase::Input, sizes_.empty() ? nullptr : &size);
  if (!checking.refused()) checking.sizes(size);
  return checking.take();
}

Verdict Policy::checkModel(std::string_view model) const {
  Checking checking(*this);
  checking.names(models_, model, "MODEL", "/model");
  return checking.take();
}

Verdict Policy::checkResponse(std::string_view body) const {
  Checking checking(*this);
  if (!output_.empty()) checking.body(body, Phase::Output, nullptr);
  return checking.take();
}

Verdict Policy::checkText(Phase phase, std::string_view text, std::string_view place) const {
  Checking checking(*this);
  std::optional<std::string> changed;
  const DetectorSet& set = texts(phase);
  if (!set.empty()) {
    checking.text(
        set, text, [&] { return std::string(place); }, changed);
    checking.rewrite(std::move(changed));
  }
  return checking.take();
}

}  // namespace penstock::guard
