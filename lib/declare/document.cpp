#include "declare/document.h"

#include <algorithm>

#include "base/text.h"
#include "declare/environment.h"
#include "json/writer.h"

namespace penstock::declare {
namespace {

constexpr const char* kProject = "default";
constexpr size_t kMaxSlug = 63;
constexpr size_t kSuffixRoom = 5;

// Text of the source that is to be taken as it is, not as a reference to a variable.
std::string plain(std::string_view text) { return escapeReferences(text); }

void write(json::Writer& out, const Provider& provider) {
  out.beginObject().field("name", provider.name).field("vendor", provider.vendor);
  if (!provider.base_url.empty()) out.field("base_url", provider.base_url);
  if (provider.allow_private) out.field("private", true);
  if (!provider.api_key.empty()) out.field("api_key", provider.api_key);
  if (!provider.api_version.empty()) out.field("api_version", provider.api_version);
  if (!provider.deployments.empty()) {
    out.key("deployments").beginObject();
    for (const auto& [model, deployment] : provider.deployments) {
      out.field(model, plain(deployment));
    }
    out.endObject();
  }
  out.endObject();
}

void writeTarget(json::Writer& out, const RoutingTarget& target, const std::string& balance) {
  out.field("model", plain(target.model));
  if (target.credentials.size() == 1) {
    out.field("provider", target.credentials.front().provider);
  } else if (!target.credentials.empty()) {
    out.key("credentials").beginArray();
    for (const RoutingTarget::Credential& credential : target.credentials) {
      out.beginObject().field("provider", credential.provider);
      out.field("weight", credential.weight).endObject();
    }
    out.endArray().field("balance", balance);
  }
  if (target.timeout_ms) out.field("timeout_ms", *target.timeout_ms);
}

void writeStrings(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.key(name).beginArray();
  for (const std::string& text : texts) out.value(plain(text));
  out.endArray();
}

void write(json::Writer& out, const RoutingConfig& config) {
  out.beginObject().field("project", kProject).field("slug", config.slug);
  out.field("name", plain(config.name)).field("policy", config.policy);
  out.key("config").beginObject();
  if (config.policy == "single") {
    writeTarget(out, config.targets.front(), config.balance);
  } else {
    out.key(config.policy == "fallback_chain" ? "models" : "allowed_models").beginArray();
    for (const RoutingTarget& target : config.targets) {
      out.beginObject();
      writeTarget(out, target, config.balance);
      out.endObject();
    }
    out.endArray();
  }
  writeStrings(out, "retry_on", config.retry_on);
  out.endObject().endObject();
}

void write(json::Writer& out, const ApiKey& key) {
  out.beginObject().field("project", kProject).field("name", plain(key.name));
  if (!key.description.empty()) out.field("description", plain(key.description));
  if (key.rate_limit_rpm) out.field("rate_limit_rpm", *key.rate_limit_rpm);
  writeStrings(out, "allowed_models", key.allowed_models);
  if (!key.expires_at.empty()) out.field("expires_at", key.expires_at);
  out.endObject();
}

void write(json::Writer& out, const Budget& budget) {
  out.beginObject().field("project", kProject).field("name", plain(budget.name));
  out.field("scope", "api_key").field("api_key", plain(budget.api_key));
  out.field("unit", budget.unit).rawField("cap_" + budget.unit, budget.cap);
  if (!budget.period.empty()) out.field("period", budget.period);
  out.endObject();
}

template <typename T>
void writeSection(json::Writer& out, std::string_view name, const std::vector<T>& items) {
  if (items.empty()) return;
  out.key(name).beginArray();
  for (const T& item : items) write(out, item);
  out.endArray();
}

bool isAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string slugOf(std::string_view text) {
  std::string slug;
  for (const char original : text) {
    const char c = asciiLower(original);
    if (isAlphanumeric(c) || (c == '_' && !slug.empty())) {
      slug.push_back(c);
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
  }
  slug.resize(std::min(slug.size(), kMaxSlug - kSuffixRoom));
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

}  // namespace

std::string Document::json() const {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("version", 1);
  writeSection(out, "providers", providers);
  writeSection(out, "routing_configs", routing_configs);
  writeSection(out, "api_keys", api_keys);
  writeSection(out, "budgets", budgets);
  out.endObject();
  return text;
}

std::string reportJson(const std::vector<Note>& report) {
  std::string text;
  json::Writer out(text);
  out.beginArray();
  for (const Note& note : report) {
    out.beginObject().field("source", note.source).field("where", note.where);
    out.field("what", note.what).field("why", note.why).endObject();
  }
  out.endArray();
  return text;
}

std::string SlugMaker::make(std::string_view text, std::string_view otherwise) {
  std::string base = slugOf(text);
  if (base.empty()) base = otherwise;
  std::string slug = base;
  for (int n = 2; std::ranges::find(taken_, slug) != taken_.end(); ++n) {
    slug = base + "-" + std::to_string(n);
  }
  taken_.push_back(slug);
  return slug;
}

std::string below(std::string_view pointer, std::string_view key) {
  std::string text(pointer);
  text += '/';
  for (const char c : key) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

std::string below(std::string_view pointer, size_t index) {
  return std::string(pointer) + "/" + std::to_string(index);
}

}  // namespace penstock::declare
