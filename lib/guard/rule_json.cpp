#include "guard/rule_json.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "guard/builtin.h"
#include "guard/detector.h"
#include "http/address.h"
#include "json/document.h"
#include "webhook/url.h"

namespace penstock::guard {
namespace {

using GivenSecrets = std::map<std::string, Secret, std::less<>>;
using json::ObjectReader;

constexpr json::StringBounds kRuleName{.min = 1, .max = 64, .controls = json::Controls::Refused};
constexpr json::StringBounds kPattern{.min = 1, .max = 512};
constexpr json::StringBounds kKeyword{.min = 1, .max = 100, .controls = json::Controls::Refused};
constexpr json::StringBounds kGlob{.min = 1, .max = 128, .controls = json::Controls::Refused};
constexpr json::StringBounds kSecret{.min = 16, .max = 256, .controls = json::Controls::Refused};
constexpr size_t kPatternsOfRule = 20;
constexpr size_t kKeywordsOfRule = 500;
constexpr size_t kKeywordBytes = 16 << 10;

std::set<std::string_view> typesOf(std::span<const Builtin> known) {
  std::set<std::string_view> types;
  for (const Builtin& builtin : known) types.insert(builtin.type);
  return types;
}

std::vector<std::string> readTypes(ObjectReader& item, std::span<const Builtin> known) {
  const auto types = typesOf(known);
  auto given = item.strings("types", {.min = 1}).value_or(std::vector<std::string>{});
  for (size_t i = 0; i < given.size(); ++i) {
    if (types.contains(given[i])) continue;
    item.fail("types", fmt::format("must be one of {}", fmt::join(types, ", ")),
              "/" + std::to_string(i));
  }
  return given;
}

RegexRule readRegex(ObjectReader& item) {
  RegexRule rule{
      item.strings("patterns", kPattern, kPatternsOfRule).value_or(std::vector<std::string>{})};
  if (rule.patterns.empty() && item.ok()) item.fail("patterns", "must hold a pattern");
  for (size_t i = 0; i < rule.patterns.size(); ++i) {
    const auto compiled = Detector::ofPattern({}, rule.patterns[i]);
    if (!compiled) item.fail("patterns", compiled.error(), "/" + std::to_string(i));
  }
  return rule;
}

KeywordsRule readKeywords(ObjectReader& item) {
  KeywordsRule rule;
  rule.keywords =
      item.strings("keywords", kKeyword, kKeywordsOfRule).value_or(std::vector<std::string>{});
  rule.whole_words = item.boolean("whole_words").value_or(true);
  if (!item.ok()) return rule;
  if (rule.keywords.empty()) item.fail("keywords", "must hold a keyword");
  size_t bytes = 0;
  for (const std::string& keyword : rule.keywords) bytes += keyword.size();
  if (bytes > kKeywordBytes) {
    item.fail("keywords", fmt::format("must not be longer than {} bytes together", kKeywordBytes));
  } else if (!rule.keywords.empty()) {
    const auto compiled = Detector::ofKeywords({}, rule);
    if (!compiled) item.fail("keywords", compiled.error());
  }
  return rule;
}

MaxPromptRule readMaxPrompt(ObjectReader& item) {
  MaxPromptRule rule;
  if (!item.isNull("max_bytes")) rule.max_bytes = item.integer("max_bytes", {.min = 1});
  if (!item.isNull("max_tokens")) rule.max_tokens = item.integer("max_tokens", {.min = 1});
  if (item.ok() && !rule.max_bytes && !rule.max_tokens) {
    item.fail("", "needs max_bytes or max_tokens");
  }
  return rule;
}

NameLists readNames(ObjectReader& item) {
  const auto read = [&](std::string_view key) {
    return item.strings(key, kGlob).value_or(std::vector<std::string>{});
  };
  NameLists names{read("allow"), read("deny")};
  if (item.ok() && names.allow.empty() && names.deny.empty()) item.fail("", "needs allow or deny");
  return names;
}

WebhookRule readWebhook(ObjectReader& item, const std::string& name, GivenSecrets& secrets) {
  WebhookRule rule;
  rule.url = item.requireString("url", {.min = 1, .max = 2048});
  rule.allow_private = item.boolean("private").value_or(false);
  rule.timeout_ms = item.integer("timeout_ms", {.min = 50, .max = 30'000}).value_or(2000);
  rule.fail_open = item.boolean("fail_open").value_or(false);
  if (auto secret = item.string("secret", kSecret)) {
    secrets.insert_or_assign(name, Secret(*std::move(secret)));
  }
  if (rule.url.empty()) return rule;
  const auto target = webhook::parseUrl(rule.url);
  if (!target) {
    item.fail("url", target.error().message);
  } else if (target->origin.scheme != http::Origin::Scheme::Https && !rule.allow_private) {
    item.fail("url", "must be https unless private is true");
  } else if (!rule.allow_private && http::isPrivateHost(target->origin.host)) {
    item.fail("url",
              "is a loopback or private address; only a rule with \"private\": true may ask "
              "there");
  }
  return rule;
}

enum class Kind : unsigned char {
  Regex,
  Keywords,
  Pii,
  Secrets,
  MaxPrompt,
  Models,
  Tools,
  Webhook
};

bool isOfRequestsOnly(Kind kind) {
  return kind == Kind::MaxPrompt || kind == Kind::Models || kind == Kind::Tools;
}

RuleKind readKind(ObjectReader& item, Kind kind, const std::string& name, GivenSecrets& secrets) {
  switch (kind) {
    case Kind::Regex: return readRegex(item);
    case Kind::Keywords: return readKeywords(item);
    case Kind::Pii: return PiiRule{readTypes(item, builtinPii())};
    case Kind::Secrets: return SecretsRule{readTypes(item, builtinSecrets())};
    case Kind::MaxPrompt: return readMaxPrompt(item);
    case Kind::Models: return ModelsRule{readNames(item)};
    case Kind::Tools: return ToolsRule{readNames(item)};
    case Kind::Webhook: return readWebhook(item, name, secrets);
  }
  return RegexRule{};
}

void readAction(ObjectReader& item, Kind kind, Action& action) {
  if (kind == Kind::Webhook) {
    if (item.has("action")) item.fail("action", "is what the webhook answers");
    return;
  }
  if (!item.has("action")) return item.fail("action", "is required");
  const auto given = item.choice("action", kActionNames);
  if (!given) return;
  action = static_cast<Action>(*given);
  if (action == Action::Redact && isOfRequestsOnly(kind)) {
    item.fail("action", "must be one of block, flag: there is no text to redact");
  }
}

void readWhere(ObjectReader& item, Kind kind, Where& where) {
  where = isOfRequestsOnly(kind) ? Where::Input : Where::Both;
  if (const auto given = item.choice("where", kWhereNames)) where = static_cast<Where>(*given);
  if (where != Where::Input && isOfRequestsOnly(kind)) {
    item.fail("where", "must be input: it is about requests");
  }
}

void readRule(ObjectReader& item, Rule& rule, GivenSecrets& secrets) {
  rule.name = item.requireString("name", kRuleName);
  if (!item.has("kind")) {
    item.fail("kind", "is required");
    return item.ignoreRest();
  }
  const auto kind = item.choice("kind", kKindNames);
  if (!kind) return item.ignoreRest();
  readWhere(item, static_cast<Kind>(*kind), rule.where);
  readAction(item, static_cast<Kind>(*kind), rule.action);
  rule.kind = readKind(item, static_cast<Kind>(*kind), rule.name, secrets);
}

void writeTexts(json::Writer& out, std::string_view key, const std::vector<std::string>& texts) {
  out.key(key).beginArray();
  for (const std::string& text : texts) out.value(text);
  out.endArray();
}

struct KindWriter {
  json::Writer& out;

  void operator()(const RegexRule& rule) const { writeTexts(out, "patterns", rule.patterns); }
  void operator()(const KeywordsRule& rule) const {
    writeTexts(out, "keywords", rule.keywords);
    out.field("whole_words", rule.whole_words);
  }
  void operator()(const PiiRule& rule) const { writeTexts(out, "types", rule.types); }
  void operator()(const SecretsRule& rule) const { writeTexts(out, "types", rule.types); }
  void operator()(const MaxPromptRule& rule) const {
    out.field("max_bytes", rule.max_bytes).field("max_tokens", rule.max_tokens);
  }
  void operator()(const NameLists& rule) const {
    writeTexts(out, "allow", rule.allow);
    writeTexts(out, "deny", rule.deny);
  }
  void operator()(const WebhookRule& rule) const {
    out.field("url", rule.url).field("private", rule.allow_private);
    out.field("timeout_ms", rule.timeout_ms).field("fail_open", rule.fail_open);
  }
};

}  // namespace

std::vector<Rule> readRules(json::ObjectReader& body, std::string_view key, GivenSecrets& secrets) {
  std::vector<Rule> rules;
  if (body.isNull(key)) return rules;
  std::set<std::string> names;
  size_t patterns = 0;
  body.objects(
      key,
      [&](ObjectReader& item) {
        Rule& rule = rules.emplace_back();
        readRule(item, rule, secrets);
        if (!rule.name.empty() && !names.insert(rule.name).second) {
          item.fail("name", "is in the list already");
        }
        if (const auto* regex = std::get_if<RegexRule>(&rule.kind)) {
          patterns += regex->patterns.size();
          if (patterns > kMaxPatterns) {
            item.fail("patterns", fmt::format("all rules together may have {}", kMaxPatterns));
          }
        }
      },
      kMaxRules);
  return rules;
}

Result<std::vector<Rule>> parseRules(std::string_view json) {
  const auto document = json::parse("{\"rules\":" + std::string(json) + "}", {}, "the guardrails");
  if (!document) return document.error();
  ObjectReader reader(document->root());
  GivenSecrets none;
  auto rules = readRules(reader, "rules", none);
  if (auto checked = reader.finish(); !checked) return std::move(checked).error();
  return rules;
}

std::string writeRules(const std::vector<Rule>& rules) {
  std::string text;
  json::Writer out(text);
  out.beginArray();
  for (const Rule& rule : rules) {
    out.beginObject().field("name", rule.name).field("kind", kindName(rule.kind));
    out.field("where", whereName(rule.where));
    if (!std::holds_alternative<WebhookRule>(rule.kind)) {
      out.field("action", actionName(rule.action));
    }
    std::visit(KindWriter{out}, rule.kind);
    out.endObject();
  }
  out.endArray();
  return text;
}

}  // namespace penstock::guard
