#include "trace/stored_decision.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "json/document.h"
#include "json/raw.h"
#include "json/splice.h"
#include "json/writer.h"
#include "model/budget.h"
#include "trace/decision_json.h"

namespace penstock::trace {
namespace {

using model::BudgetOutcome;

constexpr size_t kUsualBytes = 512;   // of a trace without budgets
constexpr size_t kBytesABudget = 32;  // with its name
constexpr std::string_view kSecond = R"({"v":2)", kThird = R"({"v":3)";
constexpr std::string_view kMiss = "MISS";

// Writing

void writeText(json::Writer& out, std::string_view name, std::string_view text) {
  if (!text.empty()) out.field(name, text);
}

void writeConfig(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.config.empty()) return;
  out.key("config").beginArray().value(trace.config).value(trace.config_version);
  out.value(trace.policy);
  if (trace.path.size() > 1)  // one is the config itself
    for (const std::string& config : trace.path) out.value(config);
  out.endArray();
}

void writeCandidates(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.candidates.empty()) return;
  out.key("candidates").beginArray();
  for (const auto& candidate : trace.candidates) {
    out.beginArray().value(candidate.model).value(candidate.provider);
    out.value(candidate.provider_id).value(candidate.status).value(candidate.reason).endArray();
  }
  out.endArray();
}

// Whose provider it is by its place among the candidates, and its model where that is another.
void writeTarget(json::Writer& out, const model::Attempt& attempt,
                 const model::DecisionTrace& trace) {
  const auto same = std::ranges::find_if(trace.candidates, [&attempt](const auto& candidate) {
    return candidate.provider_id == attempt.provider_id && candidate.provider == attempt.provider;
  });
  if (same == trace.candidates.end()) {
    out.beginArray().value(attempt.provider).value(attempt.provider_id).endArray();
    out.value(attempt.model);
    return;
  }
  out.value(same - trace.candidates.begin());
  if (same->model == attempt.model)
    out.null();
  else
    out.value(attempt.model);
}

void writeAttempts(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.attempts.empty()) return;
  out.key("attempts").beginArray();
  for (const model::Attempt& attempt : trace.attempts) {
    out.beginArray();
    writeTarget(out, attempt, trace);
    out.value(attempt.status).value(attempt.http_status).value(attempt.started_at);
    out.value(attempt.offset_us).value(attempt.connect_us).value(attempt.head_us);
    out.value(attempt.first_token_us).value(attempt.latency_us);
    out.value(attempt.input_tokens).value(attempt.output_tokens).value(attempt.cost.nanos);
    const bool billed = !attempt.bill.empty();
    if (billed || !attempt.error.empty() || !attempt.upstream_request_id.empty() || attempt.hedge)
      out.value(attempt.error).value(attempt.upstream_request_id).value(attempt.hedge);
    if (billed) out.value(attempt.bill);
    out.endArray();
  }
  out.endArray();
}

void writeRules(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.rules.empty()) return;
  out.key("rules").beginArray();
  for (const auto& rule : trace.rules) {
    out.beginArray().value(rule.text).value(rule.matched);
    if (!rule.why.empty()) out.value(rule.why);
    out.endArray();
  }
  out.endArray();
}

// What the budgets are called and do: the same for request after request.
void writeHead(std::string& text, const model::DecisionTrace& trace) {
  if (trace.budgets.empty()) return;
  text += '[';
  for (const auto& budget : trace.budgets) text.append(budget.label);
  text.back() = ']';
  text += '\n';
}

// What a budget does to nearly all requests.
BudgetOutcome usualOutcome(model::BudgetAction action) {
  return action == model::BudgetAction::WarnOnly ? BudgetOutcome::Counted : BudgetOutcome::Ok;
}

// The label ends with the action and "],".
model::BudgetAction actionOf(std::string_view label) {
  return static_cast<model::BudgetAction>(label[label.size() - 3] - '0');
}

// The outcome is there only where it is another than usual.
void writeBudgets(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.budgets.empty()) return;
  out.key("budgets").beginArray();
  for (const auto& budget : trace.budgets) {
    if (budget.outcome == usualOutcome(actionOf(budget.label))) {
      out.value(budget.used_permyriad);
    } else {
      out.beginArray().value(budget.used_permyriad);
      out.value(model::budgetOutcomeName(budget.outcome)).endArray();
    }
  }
  out.endArray();
}

void writeGuardrails(json::Writer& out, const model::DecisionTrace& trace) {
  if (trace.guardrails.empty()) return;
  out.key("guardrails").beginArray();
  for (const auto& found : trace.guardrails) {
    out.beginArray().value(found.rule).value(found.kind).value(found.place);
    out.value(found.action).value(found.count).endArray();
  }
  out.endArray();
}

// Reading. What is not as it was written reads as nothing: a row that someone changed shows less.

// The elements of an array, one after another; of what is no array, none.
class Elements {
 public:
  explicit Elements(json::ValueRef array)
      : array_(array), size_(array.isArray() ? array.size() : 0) {}

  std::optional<json::ValueRef> next() {
    return more() ? std::optional(array_.at(at_++)) : std::nullopt;
  }
  std::string text() {
    const auto value = next();
    return std::string(value ? value->asString().value_or("") : "");
  }
  int64_t number(int64_t otherwise = 0) {
    const auto value = next();
    return value ? value->asInt().value_or(otherwise) : otherwise;
  }
  bool flag() {
    const auto value = next();
    return value && value->asBool().value_or(false);
  }
  bool more() const { return at_ < size_; }

 private:
  json::ValueRef array_;
  size_t size_;
  size_t at_ = 0;
};

template <typename Read>
void forEach(json::ValueRef root, std::string_view name, Read read) {
  const auto list = root.find(name);
  if (!list) return;
  for (const json::ValueRef value : list->elements()) read(Elements(value));
}

void readConfig(json::ValueRef root, model::DecisionTrace& trace) {
  const auto config = root.find("config");
  if (!config) return;
  Elements of(*config);
  trace.config = of.text();
  trace.config_version = of.number();
  trace.policy = of.text();
  while (of.more()) trace.path.push_back(of.text());
}

model::Attempt readAttempt(Elements of, const model::DecisionTrace& trace) {
  model::Attempt attempt;
  const auto target = of.next();
  const int64_t place = target ? target->asInt().value_or(-1) : -1;
  const auto model = of.next();
  attempt.model = model ? model->asString().value_or("") : "";
  if (place >= 0 && static_cast<size_t>(place) < trace.candidates.size()) {
    const auto& candidate = trace.candidates[static_cast<size_t>(place)];
    attempt.provider = candidate.provider;
    attempt.provider_id = candidate.provider_id;
    if (model && model->isNull()) attempt.model = candidate.model;
  } else if (target) {
    Elements named(*target);
    attempt.provider = named.text();
    attempt.provider_id = named.text();
  }
  attempt.status = of.text();
  attempt.http_status = static_cast<int>(of.number());
  attempt.started_at = of.number();
  attempt.offset_us = of.number();
  attempt.connect_us = of.number(-1);
  attempt.head_us = of.number(-1);
  attempt.first_token_us = of.number(-1);
  attempt.latency_us = of.number();
  attempt.input_tokens = of.number();
  attempt.output_tokens = of.number();
  attempt.cost.nanos = of.number();
  attempt.error = of.text();
  attempt.upstream_request_id = of.text();
  attempt.hedge = of.flag();
  attempt.bill = of.text();
  return attempt;
}

// The budget with what it is called, which the caller keeps, as the trace has a view of it.
model::DecisionTrace::Budget readLabel(Elements& of, std::string& label) {
  label = '[' + json::quoted(of.text());
  const int64_t unit = of.number();
  const auto action = static_cast<model::BudgetAction>(of.number());
  label.append(",").append(std::to_string(unit)).append(",");
  label.append(std::to_string(static_cast<int>(action))).append("],");
  return {label, 0, usualOutcome(action)};
}

void readUse(Elements& of, model::DecisionTrace::Budget& budget) {
  budget.used_permyriad = of.number();
  if (const auto known = model::parseBudgetOutcome(of.text())) budget.outcome = *known;
}

// One value each, in the order of the head. In the second version, which has none, each is whole.
void readBudgets(json::ValueRef root, const std::optional<json::Document>& head,
                 std::deque<std::string>& labels, model::DecisionTrace& trace) {
  const auto list = root.find("budgets");
  if (!list) return;
  std::optional<Elements> names;
  if (head) names.emplace(head->root());
  for (const json::ValueRef value : list->elements()) {
    const auto name = names ? names->next() : value;
    if (!name) return;
    Elements of_name(*name), of_value(value);
    model::DecisionTrace::Budget& budget =
        trace.budgets.emplace_back(readLabel(names ? of_name : of_value, labels.emplace_back()));
    if (const auto used = value.asInt())
      budget.used_permyriad = *used;
    else
      readUse(of_value, budget);
  }
}

void readTargets(json::ValueRef root, model::DecisionTrace& trace) {
  forEach(root, "candidates", [&](Elements of) {
    model::DecisionTrace::Candidate& candidate = trace.candidates.emplace_back();
    for (std::string* text : {&candidate.model, &candidate.provider, &candidate.provider_id,
                              &candidate.status, &candidate.reason})
      *text = of.text();
  });
  forEach(root, "attempts", [&](Elements of) { trace.attempts.push_back(readAttempt(of, trace)); });
}

std::string show(json::ValueRef root, const std::optional<json::Document>& head,
                 std::string_view request_id) {
  model::DecisionTrace trace;
  std::deque<std::string> labels;
  trace.request_id = request_id;
  readConfig(root, trace);
  trace.resolved = root.stringAt("resolved").value_or("");
  readTargets(root, trace);
  forEach(root, "rules", [&](Elements of) {
    auto& rule = trace.rules.emplace_back();
    rule.text = of.text();
    rule.matched = of.flag();
    rule.why = of.text();
  });
  readBudgets(root, head, labels, trace);
  forEach(root, "guardrails", [&](Elements of) {
    auto& found = trace.guardrails.emplace_back();
    for (std::string* text : {&found.rule, &found.kind, &found.place, &found.action})
      *text = of.text();
    found.count = of.number();
  });
  trace.cache = root.stringAt("cache").value_or(kMiss);
  trace.ab_variant = root.stringAt("ab_variant").value_or("");
  trace.decision = root.stringAt("decision").value_or("");
  trace.reason = root.stringAt("reason").value_or("");
  trace.total_latency_us = root.intAt("us").value_or(0);
  return renderDecision(trace);
}

// Of the first version, which was as it is shown, but for budgets: ["b","usd","block",125,"ok"].
std::string showFirst(std::string stored) {
  if (stored.find(R"("budgets":[[)") == std::string::npos) return stored;
  json::ObjectIndex members;
  if (!json::scanObject(stored, members)) return stored;
  const json::Member* const budgets = members.find("budgets");
  if (budgets == nullptr) return stored;
  std::string shown;
  json::Writer out(shown);
  out.beginArray();
  json::forEachElement(budgets->value, [&out](std::string_view row) {
    constexpr std::string_view kNames[] = {"name", "unit", "action", "used_pct", "outcome"};
    constexpr int kPlaces = 4;  // a ten-thousandth is the unit
    size_t i = 0;
    out.beginObject();
    json::forEachElement(row, [&](std::string_view value) {
      if (i == std::size(kNames)) return false;
      const std::string_view name = kNames[i++];
      if (name == "used_pct")
        out.key(name).decimal(json::rawInteger(value).value_or(0), kPlaces);
      else
        out.rawField(name, value);
      return true;
    });
    out.endObject();
    return true;
  });
  out.endArray();
  json::Splicer splicer(members);
  splicer.replaceValue(static_cast<size_t>(budgets - &members[0]), std::move(shown));
  return splicer.build().str();
}

}  // namespace

std::string renderStored(const model::DecisionTrace& trace) {
  std::string text;
  text.reserve(kUsualBytes + kBytesABudget * trace.budgets.size());
  writeHead(text, trace);
  json::Writer out(text);
  out.beginObject().field("v", 3);
  writeConfig(out, trace);
  writeText(out, "resolved", trace.resolved);
  writeCandidates(out, trace);
  writeAttempts(out, trace);
  writeRules(out, trace);
  writeBudgets(out, trace);
  writeGuardrails(out, trace);
  if (trace.cache != kMiss) out.field("cache", trace.cache);
  writeText(out, "ab_variant", trace.ab_variant);
  writeText(out, "decision", trace.decision);
  writeText(out, "reason", trace.reason);
  out.field("us", trace.total_latency_us).endObject();
  return text;
}

std::vector<model::Attempt> storedAttempts(std::string_view stored) {
  const size_t line = stored.find('\n');
  if (line != std::string_view::npos) stored.remove_prefix(line + 1);
  model::DecisionTrace trace;
  const auto document = json::parse(stored);
  if (stored.starts_with(kThird) && document) readTargets(document->root(), trace);
  return std::move(trace.attempts);
}

std::string showStored(std::string stored, std::string_view request_id) {
  std::optional<json::Document> head;
  std::string_view text = stored;
  if (const size_t line = text.find('\n'); line != std::string_view::npos) {
    if (auto read = json::parse(text.substr(0, line))) head.emplace(*std::move(read));
    text.remove_prefix(line + 1);
  }
  if (!text.starts_with(kSecond) && !text.starts_with(kThird)) return showFirst(std::move(stored));
  const auto document = json::parse(text);
  return document ? show(document->root(), head, request_id) : std::move(stored);
}

}  // namespace penstock::trace
