#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace penstock::declare {

// The declarative document as far as importers fill it in (POST /manage/v1/config/apply takes it
// whole). Natural keys instead of ids. Base URLs and keys of providers may hold `${NAME}`
// (environment.h); other texts are the source's and json() escapes them.
struct Provider {
  std::string name;  // a slug; NAME/model addresses it
  std::string vendor;
  std::string base_url;  // empty: the vendor's
  std::string api_key;   // empty: none
  // Azure's: empty is that of its v1 API; by model, where they are not named as it.
  std::string api_version = {};
  std::map<std::string, std::string> deployments = {};
  bool allow_private = false;
  bool operator==(const Provider&) const = default;
};

// A model at one provider or at several, or another config.
struct RoutingTarget {
  struct Credential {
    std::string provider;  // its name
    int64_t weight = 1;
    bool operator==(const Credential&) const = default;
  };
  std::string model;  // or "@slug", which has no credentials
  std::vector<Credential> credentials;
  std::optional<int64_t> timeout_ms;
  bool operator==(const RoutingTarget&) const = default;
};

struct RoutingConfig {
  std::string slug;
  std::string name;
  std::string policy = "single";       // or "fallback_chain", "cost_optimized", "latency_optimized"
  std::vector<RoutingTarget> targets;  // one of single
  std::string balance = "weighted";    // of targets with several credentials
  std::vector<std::string> retry_on;   // empty: what chains do by default
};

struct ApiKey {
  std::string name;
  std::string description;
  std::optional<int64_t> rate_limit_rpm;
  std::vector<std::string> allowed_models;  // empty: all
  std::string expires_at;                   // empty: never
};

// Of one key's. `cap` is JSON as the document has it: dollars, or a whole number.
struct Budget {
  std::string name;
  std::string api_key;  // its name
  std::string unit;     // "usd", "tokens", "requests", "concurrency"
  std::string cap;
  std::string period;  // empty: the unit's only one
};

struct Document {
  std::vector<Provider> providers;
  std::vector<RoutingConfig> routing_configs;
  std::vector<ApiKey> api_keys;
  std::vector<Budget> budgets;

  // Everything in the project `default`; empty sections are left out.
  std::string json() const;
};

// Something of the source that the document does not hold, or that its reader must know.
struct Note {
  std::string where;  // JSON pointer into the source
  std::string what;
  std::string why;
  std::string source = "config";  // or "keys"
  bool operator==(const Note&) const = default;
};

struct Imported {
  Document document;
  std::vector<Note> report;
};

// The report as a JSON array of {source, where, what, why}.
std::string reportJson(const std::vector<Note>& report);

// Hands out slugs of which no two are equal: "gpt-4o", "gpt-4o-2", …
class SlugMaker {
 public:
  // [a-z0-9][a-z0-9_-]{0,62}; `otherwise` when nothing of the text can be used.
  std::string make(std::string_view text, std::string_view otherwise);

 private:
  std::vector<std::string> taken_;
};

// A pointer's next step, "~" and "/" escaped.
std::string below(std::string_view pointer, std::string_view key);
std::string below(std::string_view pointer, size_t index);

}  // namespace penstock::declare
