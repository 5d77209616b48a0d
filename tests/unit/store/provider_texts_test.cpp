#include "store/provider_texts.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace penstock;
using model::CredentialKind;

TEST_SUITE("store/provider_texts") {
  TEST_CASE("settings come back, and what is not given takes no room") {
    model::ProviderSettings settings;
    CHECK(store::settingsText(settings) == "{}");
    CHECK(store::readSettings("{}") == settings);
    settings.region = "eu-west-1";
    settings.project = "p";
    settings.location = "global";
    settings.api_version = "2024-10-21";
    settings.deployments = {{"gpt-4o", "mine"}, {"o\"3", "other"}};
    CHECK(store::readSettings(store::settingsText(settings)) == settings);
  }

  TEST_CASE("credentials of every kind come back") {
    for (const model::CredentialForm& form : model::credentialForms()) {
      INFO(std::string(form.name));
      model::Credentials credentials;
      credentials.kind = form.kind;
      for (const model::CredentialField& field : form.fields) {
        const std::string value = std::string(field.name) + " with \"quotes\"\n";
        if (field.text != nullptr) credentials.*field.text = value;
        if (field.secret != nullptr) credentials.*field.secret = Secret(value);
      }
      CHECK(store::readCredentials(store::credentialsText(credentials)) == credentials);
    }
    CHECK(store::readCredentials(Secret()) == model::Credentials{});
  }

  TEST_CASE("what cannot be read is no credential at all") {
    for (const char* text : {"x", "{}", R"({"kind":"of a newer version"})"}) {
      CHECK_THROWS_AS(store::readCredentials(Secret(text)), std::runtime_error);
    }
    CHECK_THROWS_AS(store::readSettings("x"), std::runtime_error);
  }
}
