#include <algorithm>

#include "base/text.h"
#include "pricing/import_builder.h"

namespace penstock::pricing {
namespace {

struct ProviderName {
  std::string_view theirs, ours;
};
constexpr ProviderName kProviders[] = {
    {"amazon-bedrock", "aws"},       {"fireworks-ai", "fireworks"}, {"google-vertex", "google"},
    {"moonshotai-cn", "moonshotai"}, {"togetherai", "together"},    {"xai", "x-ai"},
};

struct Field {
  std::string_view name;
  char letter;
};
constexpr Field kFields[] = {
    {"input", 'i'},       {"output", 'o'},      {"reasoning", 't'},    {"cache_read", 'r'},
    {"cache_write", 'w'}, {"input_audio", 'a'}, {"output_audio", 'b'},
};
constexpr double kAMillion = 1e6;

std::string_view providerOf(std::string_view theirs) {
  const auto* found = std::ranges::find(kProviders, theirs, &ProviderName::theirs);
  return found == std::end(kProviders) ? theirs : found->ours;
}

// "context_over_200k":{"input":…} is a tier.
std::optional<int64_t> thresholdOf(std::string_view name) {
  constexpr std::string_view kOver = "context_over_";
  if (!name.starts_with(kOver) || !name.ends_with('k')) return std::nullopt;
  name.remove_prefix(kOver.size());
  name.remove_suffix(1);
  const auto thousands = parseUnsigned(name);
  if (!thousands || *thousands > 1'000'000) return std::nullopt;
  return static_cast<int64_t>(*thousands) * 1000;
}

void readCost(json::ValueRef cost, int64_t above, std::string_view entry, RatesBuilder& rates,
              LeftOut& left_out) {
  for (const auto& [name, value] : cost.members()) {
    const auto threshold = above < 0 && value.isObject() ? thresholdOf(name) : std::nullopt;
    const auto* field = std::ranges::find(kFields, name, &Field::name);
    if (threshold) {
      readCost(value, *threshold, entry, rates, left_out);
    } else if (field != std::end(kFields)) {
      rates.set(field->letter, above, value, kAMillion, name);
    } else if (!value.isNull() && value.asDouble() != 0.0) {
      left_out.add(name, entry);
    }
  }
}

void readModel(std::string_view provider, std::string_view id, json::ValueRef model,
               ImportedPrices& all, LeftOut& left_out) {
  const std::string entry = std::string(provider) + "/" + std::string(id);
  RatesBuilder rates;
  if (const auto cost = model.find("cost")) readCost(*cost, -1, entry, rates, left_out);
  if (!rates.problem().empty() || rates.empty()) {
    all.skipped.push_back({entry, rates.problem().empty() ? "has no price" : rates.problem()});
    return;
  }
  if (const std::string problem = nameProblem(id); !problem.empty()) {
    all.skipped.push_back({entry, problem});
    return;
  }
  const auto limit = [&model](const char* name) {
    const auto limits = model.find("limit");
    const auto number = limits ? limits->intAt(name) : std::nullopt;
    return number && *number > 0 ? number : std::nullopt;
  };
  all.prices.push_back({std::string(providerOf(provider)), asciiLower(id), rates.build(),
                        limit("context"), limit("output")});
}

}  // namespace

ImportedPrices importModelsDev(json::ValueRef document, const PriceCatalogue& catalogue) {
  ImportedPrices all;
  LeftOut left_out;
  for (const auto& [id, provider] : document.members()) {
    if (catalogue.providerOf(providerOf(id), std::nullopt).empty()) {
      all.skipped.push_back({std::string(id), "provider is not known here"});
      continue;
    }
    const auto models = provider.find("models");
    if (!models) {
      all.skipped.push_back({std::string(id), "has no models"});
      continue;
    }
    for (const auto& [name, model] : models->members()) readModel(id, name, model, all, left_out);
  }
  all.left_out = left_out.take();
  dropRepeated(all);
  return all;
}

}  // namespace penstock::pricing
