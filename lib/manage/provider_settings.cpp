// What some vendors want to know beside an address.
#include "manage/provider_settings.h"

#include <algorithm>
#include <array>

#include "json/value.h"
#include "manage/answers.h"
#include "provider/endpoint.h"

namespace penstock::manage {
namespace {

using model::Family;
using Settings = model::ProviderSettings;

struct Setting {
  const char* name;
  std::string Settings::*text;
  bool (*fits)(std::string_view);
  const char* form;
  std::array<Family, 2> families;
};

bool isPlace(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// "my-project", "example.com:my-project", or its number.
bool isProject(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
  });
}

// "2024-10-21", "2025-04-01-preview".
bool isDated(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (text.size() < kForm.size()) return false;
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != '-') return false;
  }
  text.remove_prefix(kForm.size());
  return text.empty() || (text.front() == '-' && isPlace(text));
}

bool isApiVersion(std::string_view text) {
  return text == "v1" || text == "preview" || text == "latest" || isDated(text);
}

constexpr std::array<Setting, 4> kSettings = {{
    {"region",
     &Settings::region,
     isPlace,
     "a region such as eu-central-1",
     {Family::Bedrock, Family::Bedrock}},
    {"project",
     &Settings::project,
     isProject,
     "a Google Cloud project's id or number",
     {Family::Vertex, Family::Vertex}},
    {"location",
     &Settings::location,
     isPlace,
     "a region such as europe-west4, or global",
     {Family::Vertex, Family::Vertex}},
    {"api_version",
     &Settings::api_version,
     isApiVersion,
     "v1, preview, latest, or a date such as 2024-10-21",
     {Family::Azure, Family::Anthropic}},
}};

bool knows(const model::Vendor& vendor, const Setting& setting) {
  return std::ranges::find(setting.families, vendor.family) != setting.families.end();
}

void readText(json::ObjectReader& body, const model::Vendor& vendor, const Setting& setting,
              Settings& settings) {
  if (body.isNull(setting.name)) {
    (settings.*setting.text).clear();
    return;
  }
  auto text = body.string(setting.name, {.min = 1, .max = 128});
  if (!text) return;
  if (!knows(vendor, setting)) {
    body.fail(setting.name, "is nothing that " + std::string(vendor.name) + " knows of");
  } else if (!setting.fits(*text)) {
    body.fail(setting.name, std::string("must be ") + setting.form);
  }
  settings.*setting.text = *std::move(text);
}

bool isName(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

void readDeployments(json::ObjectReader& body, const model::Vendor& vendor, Settings& settings) {
  constexpr size_t kMost = 1'000;
  const auto given = body.value("deployments");
  if (!given) return;
  std::map<std::string, std::string, std::less<>> deployments;
  if (!given->isNull() && !given->isObject()) {
    return body.fail("deployments", "must be an object: deployments by model");
  }
  if (given->size() > kMost) return body.fail("deployments", "must have at most 1000 members");
  for (const auto& [model, value] : given->members()) {
    const auto deployment = value.asString();
    if (!isName(model) || !deployment || !isName(*deployment)) {
      std::string below = "/";
      for (const char c : model) below += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
      body.fail("deployments", "must be a deployment's name by a model's, without spaces", below);
      continue;
    }
    deployments.emplace(model, *deployment);
  }
  if (!deployments.empty() && vendor.family != Family::Azure) {
    body.fail("deployments", "is nothing that " + std::string(vendor.name) + " knows of");
  }
  settings.deployments = std::move(deployments);
}

void checkNeeded(json::ObjectReader& body, const model::Vendor& vendor,
                 const model::Provider& provider) {
  const auto need = [&](const char* name, bool given) {
    // What is there and wrong has its error already.
    const bool missing = !given && (!body.has(name) || body.isNull(name));
    if (missing) body.fail(name, "is required for " + std::string(vendor.name));
  };
  if (vendor.family == Family::Vertex) {
    need("project", !provider.settings.project.empty());
    need("location", !provider.settings.location.empty());
  }
  if (vendor.family == Family::Bedrock) need("region", !provider::regionOf(provider).empty());
}

}  // namespace

void readSettings(json::ObjectReader& body, const model::Vendor& vendor,
                  model::Provider& provider) {
  for (const Setting& setting : kSettings) readText(body, vendor, setting, provider.settings);
  readDeployments(body, vendor, provider.settings);
  checkNeeded(body, vendor, provider);
}

void writeSettings(json::Writer& out, const model::ProviderSettings& settings) {
  for (const Setting& setting : kSettings) writeText(out, setting.name, settings.*setting.text);
  out.key("deployments").beginObject();
  for (const auto& [model, deployment] : settings.deployments) out.field(model, deployment);
  out.endObject();
}

void writeGivenSettings(json::Writer& out, const model::ProviderSettings& settings) {
  for (const Setting& setting : kSettings) {
    if (!(settings.*setting.text).empty()) out.field(setting.name, settings.*setting.text);
  }
  if (settings.deployments.empty()) return;
  out.key("deployments").beginObject();
  for (const auto& [model, deployment] : settings.deployments) out.field(model, deployment);
  out.endObject();
}

}  // namespace penstock::manage
