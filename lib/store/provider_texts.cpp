#include "store/provider_texts.h"

#include <array>
#include <stdexcept>

#include "json/document.h"
#include "json/writer.h"

namespace penstock::store {
namespace {

struct Setting {
  std::string_view name;
  std::string model::ProviderSettings::*text;
};
constexpr std::array<Setting, 4> kSettings = {{
    {"region", &model::ProviderSettings::region},
    {"project", &model::ProviderSettings::project},
    {"location", &model::ProviderSettings::location},
    {"api_version", &model::ProviderSettings::api_version},
}};

}  // namespace

std::string settingsText(const model::ProviderSettings& settings) {
  std::string text;
  json::Writer out(text);
  out.beginObject();
  for (const Setting& setting : kSettings) {
    if (!(settings.*setting.text).empty()) out.field(setting.name, settings.*setting.text);
  }
  if (!settings.deployments.empty()) {
    out.key("deployments").beginObject();
    for (const auto& [model, deployment] : settings.deployments) out.field(model, deployment);
    out.endObject();
  }
  out.endObject();
  return text;
}

model::ProviderSettings readSettings(std::string_view text) {
  model::ProviderSettings settings;
  const auto document = json::parse(text);
  if (!document) throw std::runtime_error("a provider's settings are no JSON");
  const json::ValueRef root = document->root();
  for (const Setting& setting : kSettings) {
    settings.*setting.text = root.stringAt(setting.name).value_or("");
  }
  if (const auto deployments = root.find("deployments")) {
    for (const auto& [model, deployment] : deployments->members()) {
      settings.deployments.emplace(model, deployment.asString().value_or(""));
    }
  }
  return settings;
}

Secret credentialsText(const model::Credentials& credentials) {
  const model::CredentialForm& form = model::credentialForm(credentials.kind);
  std::string text;
  json::Writer out(text);
  out.beginObject().field("kind", form.name);
  for (const model::CredentialField& field : form.fields) {
    if (field.text != nullptr) out.field(field.name, credentials.*field.text);
    if (field.secret != nullptr) out.field(field.name, (credentials.*field.secret).reveal());
  }
  out.endObject();
  return Secret(std::move(text));
}

model::Credentials readCredentials(const Secret& text) {
  model::Credentials credentials;
  if (text.empty()) return credentials;
  const auto document = json::parse(text.reveal());
  const auto kind = document ? document->root().stringAt("kind") : std::nullopt;
  const model::CredentialForm* form = kind ? model::findCredentialForm(*kind) : nullptr;
  if (form == nullptr) throw std::runtime_error("a provider's credentials are of no known kind");
  credentials.kind = form->kind;
  for (const model::CredentialField& field : form->fields) {
    std::string value(document->root().stringAt(field.name).value_or(""));
    if (field.secret != nullptr) {
      credentials.*field.secret = Secret(std::move(value));
    } else {
      credentials.*field.text = std::move(value);
    }
  }
  return credentials;
}

}  // namespace penstock::store
