#include "model/credentials.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace penstock::model;

TEST_SUITE("model/credentials") {
  TEST_CASE("every kind has its form, at its place and by its name") {
    std::set<std::string_view> names;
    for (const CredentialForm& form : credentialForms()) {
      INFO(std::string(form.name));
      CHECK(&credentialForm(form.kind) == &form);
      CHECK(findCredentialForm(form.name) == &form);
      CHECK(names.insert(form.name).second);
      for (const CredentialField& field : form.fields) {
        CHECK((field.text == nullptr) != (field.secret == nullptr));
      }
    }
    CHECK(findCredentialForm("password") == nullptr);
  }

  TEST_CASE("what comes from the machine needs no secret of anybody") {
    for (const CredentialForm& form : credentialForms()) {
      if (!form.ambient) continue;
      for (const CredentialField& field : form.fields) {
        CHECK(field.secret == nullptr);
        CHECK_FALSE(field.required);
      }
    }
  }
}
