// The catalogue of models: what they cost, what is known of them, and which providers here serve
// them.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "manage/answers.h"
#include "manage/price_json.h"
#include "manage/query.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler listModels;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/models", model::Role::Viewer, listModels},
};

constexpr std::string_view kList = "models";

struct Listed {
  std::string id;  // "openai/gpt-4o-mini"
  pricing::CatalogueModel model;
};

// The names of our providers by the catalogue's ids.
using Served = std::multimap<std::string, std::string, std::less<>>;

Served servedBy(const Services& services, const config::Snapshot& config) {
  Served served;
  for (const model::Provider& provider : config.providers()) {
    served.emplace(services.prices.providerOf(provider.vendor, provider.base_url), provider.name);
  }
  return served;
}

// What the prices tell: a rate of its own means that there is such a thing. More than these is not
// known of a model.
void writeCapabilities(json::Writer& out, const pricing::Rates& rates) {
  out.key("capabilities").beginArray();
  if (rates.cache_read != rates.input) out.value("prompt_caching");
  if (rates.input_audio != rates.input) out.value("audio_input");
  if (rates.output_audio != rates.output) out.value("audio_output");
  if (rates.input_image != rates.input) out.value("image_input");
  if (rates.output_image != rates.output || rates.image > 0) out.value("image_output");
  if (rates.web_search > 0) out.value("web_search");
  out.endArray();
}

void writeModel(json::Writer& out, const Listed& listed, const Served& served,
                std::string_view catalogue_version) {
  const pricing::CatalogueModel& model = listed.model;
  out.beginObject().field("id", listed.id).field("provider", model.provider);
  out.field("model", model.name).field("context_window", model.context_window);
  writeCapabilities(out, model.price->base);
  out.key("pricing");
  writePrice(out, *model.price);
  out.key("served_by").beginArray();
  const auto [first, last] = served.equal_range(model.provider);
  for (auto it = first; it != last; ++it) out.value(it->second);
  out.endArray().field("catalogue_version", catalogue_version).endObject();
}

// The catalogue's models that fit, by their ids.
std::vector<Listed> matching(const Services& services, UnixMillis now, const std::string& provider,
                             const std::string& text) {
  std::vector<Listed> all;
  for (const pricing::CatalogueModel& model : services.prices.models(now)) {
    if (!provider.empty() && model.provider != provider) continue;
    std::string id = std::string(model.provider) + "/" + std::string(model.name);
    if (asciiLower(id).find(text) != std::string::npos) all.push_back({std::move(id), model});
  }
  std::sort(all.begin(), all.end(), [](const Listed& a, const Listed& b) { return a.id < b.id; });
  return all;
}

Answer listModels(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const std::string provider = query.text("provider");
  const std::string text = asciiLower(query.text("query"));
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const std::vector<Listed> all = matching(services, call.now, provider, text);
  const auto first = std::upper_bound(
      all.begin(), all.end(), page.after,
      [](const std::string& after, const Listed& listed) { return after < listed.id; });
  const auto last =
      first + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(page.limit), all.end() - first);
  std::optional<std::string> next;
  if (last != all.end() && last != first) next = encodeCursor(kList, std::prev(last)->id);
  const Served served = servedBy(services, *call.config);
  return listAnswer(
      [&](json::Writer& out) {
        for (auto it = first; it != last; ++it) {
          writeModel(out, *it, served, services.prices.version());
        }
      },
      next);
}

}  // namespace

std::span<const ResourceRoute> modelRoutes() { return kRoutes; }

}  // namespace penstock::manage
