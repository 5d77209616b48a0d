#include "manage/provider_names.h"

#include "json/document.h"
#include "json/writer.h"

namespace penstock::manage {
namespace {

constexpr std::string_view kById = "provider_credential_id";
constexpr std::string_view kByName = "provider";

struct Renaming {
  std::string_view from, to;
  const std::map<std::string, std::string, std::less<>>& texts;
};

// Recurses as deep as the value is, which the parse bounds.
void rewrite(json::Writer& out, json::ValueRef value, const Renaming& renaming) {
  if (value.isArray()) {
    out.beginArray();
    for (const json::ValueRef element : value.elements()) rewrite(out, element, renaming);
    out.endArray();
  } else if (value.isObject()) {
    out.beginObject();
    for (const auto& [key, member] : value.members()) {
      const bool renamed = key == renaming.from && member.isString();
      out.key(renamed ? renaming.to : key);
      const auto found =
          renamed ? renaming.texts.find(*member.asString()) : renaming.texts.end();
      if (found != renaming.texts.end()) {
        out.value(found->second);
      } else {
        rewrite(out, member, renaming);
      }
    }
    out.endObject();
  } else {
    out.raw(value.text());
  }
}

std::string rewritten(json::ValueRef value, const Renaming& renaming) {
  std::string text;
  json::Writer out(text);
  rewrite(out, value, renaming);
  return text;
}

}  // namespace

ProviderNames::ProviderNames(const std::vector<model::Provider>& providers) {
  for (const model::Provider& provider : providers) {
    names_.emplace(provider.id, provider.name);
    ids_.emplace(provider.name, provider.id);
  }
}

std::string ProviderNames::toNames(std::string_view config_json) const {
  const auto config = json::parse(config_json);
  return rewritten(config.value().root(), {kById, kByName, names_});
}

std::string ProviderNames::toIds(json::ValueRef config) const {
  return rewritten(config, {kByName, kById, ids_});
}

}  // namespace penstock::manage
