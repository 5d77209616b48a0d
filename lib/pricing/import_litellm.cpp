#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "pricing/import_builder.h"

namespace penstock::pricing {
namespace {

struct ProviderName {
  std::string_view theirs, ours;
};
constexpr ProviderName kProviders[] = {
    {"azure_ai", "azure"},
    {"azure_text", "azure"},
    {"bedrock", "aws"},
    {"bedrock_converse", "aws"},
    {"cohere_chat", "cohere"},
    {"fireworks_ai", "fireworks"},
    {"gemini", "google"},
    {"moonshot", "moonshotai"},
    {"text-completion-openai", "openai"},
    {"text-completion-codestral", "mistral"},
    {"codestral", "mistral"},
    {"together_ai", "together"},
    {"voyage", "voyageai"},
    {"xai", "x-ai"},
};

struct Field {
  std::string_view name;
  char letter;
  double scale;  // of dollars a unit to picodollars of ours
};
constexpr double kEach = 1e12;
constexpr double kASecond = 3600 * kEach;
constexpr Field kFields[] = {
    {"input_cost_per_token", 'i', kEach},
    {"cache_read_input_token_cost", 'r', kEach},
    {"cache_creation_input_token_cost", 'w', kEach},
    {"cache_creation_input_token_cost_above_1hr", 'h', kEach},
    {"input_cost_per_audio_token", 'a', kEach},
    {"cache_read_input_audio_token_cost", 'c', kEach},
    {"input_cost_per_image_token", 'm', kEach},
    {"cache_read_input_image_token_cost", 'd', kEach},
    {"output_cost_per_token", 'o', kEach},
    {"output_cost_per_reasoning_token", 't', kEach},
    {"output_cost_per_audio_token", 'b', kEach},
    {"output_cost_per_image_token", 'p', kEach},
    {"output_cost_per_image", 'n', kEach},
    {"input_cost_per_character", 'k', kEach},
    {"input_cost_per_second", 's', kASecond},
};

std::string_view providerOf(std::string_view theirs) {
  if (theirs.starts_with("vertex_ai")) return "google";
  const auto* found = std::ranges::find(kProviders, theirs, &ProviderName::theirs);
  return found == std::end(kProviders) ? theirs : found->ours;
}

// "…_above_200k_tokens" → 200,000 and the rest of the name.
std::optional<int64_t> thresholdOf(std::string_view& field) {
  constexpr std::string_view kAbove = "_above_", kTokens = "k_tokens";
  const size_t at = field.rfind(kAbove);
  if (at == std::string_view::npos || !field.ends_with(kTokens)) return std::nullopt;
  std::string_view number = field.substr(at + kAbove.size());
  number.remove_suffix(kTokens.size());
  const auto thousands = parseUnsigned(number);
  if (!thousands || *thousands > 1'000'000) return std::nullopt;
  field = field.substr(0, at);
  return static_cast<int64_t>(*thousands) * 1000;
}

bool isZero(json::ValueRef value) { return value.isNull() || value.asDouble() == 0.0; }

bool isPrice(std::string_view field) { return field.find("cost") != std::string_view::npos; }

// "openai/gpt-4o" of LiteLLM is "gpt-4o" at the provider; OpenRouter's own names keep their maker.
std::string modelOf(std::string_view key, std::string_view their_provider) {
  if (key.starts_with(their_provider) && key.substr(their_provider.size()).starts_with('/'))
    key.remove_prefix(their_provider.size() + 1);
  if (their_provider.starts_with("vertex_ai") && key.starts_with("vertex_ai/"))
    key.remove_prefix(10);
  return asciiLower(key);
}

// {"search_context_size_low":0.01,…}: the dearest.
std::optional<json::ValueRef> dearestSearch(json::ValueRef sizes) {
  std::optional<json::ValueRef> most;
  for (const auto& [size, price] : sizes.members()) {
    if (price.asDouble() && (!most || *price.asDouble() > *most->asDouble())) most = price;
  }
  return most;
}

void readField(std::string_view name, json::ValueRef value, std::string_view entry,
               RatesBuilder& rates, LeftOut& left_out) {
  if (name == "search_context_cost_per_query") {
    if (const auto most = dearestSearch(value)) rates.set('x', -1, *most, kEach, name);
    return;
  }
  std::string_view base = name;
  const int64_t above = thresholdOf(base).value_or(-1);
  const auto* field = std::ranges::find(kFields, base, &Field::name);
  if (field != std::end(kFields)) {
    rates.set(field->letter, above, value, field->scale, name);
  } else if (isPrice(name) && !isZero(value)) {
    left_out.add(name, entry);
  }
}

}  // namespace

ImportedPrices importLiteLlm(json::ValueRef document, const PriceCatalogue& catalogue) {
  ImportedPrices all;
  LeftOut left_out;
  for (const auto& [key, entry] : document.members()) {
    if (key == "sample_spec") continue;
    const auto theirs = entry.stringAt("litellm_provider");
    const std::string_view ours = theirs ? providerOf(*theirs) : std::string_view();
    if (!theirs) {
      all.skipped.push_back({std::string(key), "has no litellm_provider"});
      continue;
    }
    if (catalogue.providerOf(ours, std::nullopt).empty()) {
      all.skipped.push_back(
          {std::string(key), "provider " + std::string(*theirs) + " is not known here"});
      continue;
    }
    if (const std::string problem = nameProblem(modelOf(key, *theirs)); !problem.empty()) {
      all.skipped.push_back({std::string(key), problem});
      continue;
    }
    RatesBuilder rates;
    for (const auto& [name, value] : entry.members()) readField(name, value, key, rates, left_out);
    if (!rates.problem().empty() || rates.empty()) {
      all.skipped.push_back({std::string(key), rates.problem().empty()
                                                   ? "has no price that we could bill by"
                                                   : rates.problem()});
      continue;
    }
    const auto positive = [&entry = entry](const char* name) {
      const auto number = entry.intAt(name);
      return number && *number > 0 ? number : std::nullopt;
    };
    all.prices.push_back({std::string(ours), modelOf(key, *theirs), rates.build(),
                          positive("max_input_tokens"), positive("max_output_tokens")});
  }
  all.left_out = left_out.take();
  dropRepeated(all);
  return all;
}

}  // namespace penstock::pricing
