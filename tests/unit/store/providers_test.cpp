#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using store::Tables;
using test::StoreFixture;

TEST_SUITE("store/providers") {
  TEST_CASE("a provider comes back with its key opened") {
    StoreFixture f;
    model::Provider provider = f.provider("openai", "main", "gpt-4o-mini");
    provider.base_url = "http://127.0.0.1:9/v1";
    provider.allow_private = true;
    provider.is_default = true;
    f.store->write([&](Tables& t) { CHECK(t.providers.insert(provider)); });
    CHECK(f.store->read([&](Tables& t) { return t.providers.find(provider.id); }) == provider);
    provider.api_key = Secret();
    f.store->write([&](Tables& t) { CHECK(t.providers.update(provider)); });
    CHECK(f.store->read([&](Tables& t) { return t.providers.findByName("main"); }) == provider);
  }

  TEST_CASE("settings and credentials come back, and the secrets are sealed") {
    StoreFixture f;
    model::Provider provider = f.provider("bedrock", "main");
    provider.is_default = true;
    provider.api_key = Secret();
    provider.settings.region = "eu-west-1";
    provider.credentials = {.kind = model::CredentialKind::AwsKeys, .id = "AKID"};
    provider.credentials.secret = Secret("canary-0123456789");
    const auto stored = [&] {
      return f.store->read([&](Tables& t) { return t.providers.find(provider.id); });
    };
    f.store->write([&](Tables& t) { CHECK(t.providers.insert(provider)); });
    CHECK(stored() == provider);
    provider.settings.region = "eu-west-2";
    provider.credentials.session_token = Secret("canary-session");
    f.store->write([&](Tables& t) { CHECK(t.providers.update(provider)); });
    CHECK(stored() == provider);
    f.reopen();
    CHECK(stored() == provider);
    f.close();
    for (const char* file : {"penstock.db", "penstock.db-wal"}) {
      std::ifstream in(f.dir / file, std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(in)), {});
      CHECK(bytes.find("canary") == std::string::npos);
    }
  }

  TEST_CASE("a deleted provider's credentials are wiped") {
    StoreFixture f;
    model::Provider provider = f.provider("bedrock", "main");
    provider.credentials = {.kind = model::CredentialKind::AwsKeys, .id = "AKID"};
    provider.credentials.secret = Secret("secret");
    f.store->write([&](Tables& t) {
      CHECK(t.providers.insert(provider));
      CHECK(t.providers.softDelete(provider.id, 5));
    });
    f.close();
    storage::Database db(f.dir / "penstock.db", {});
    storage::Statement left(db, "SELECT count(*) FROM provider WHERE credentials IS NOT NULL");
    CHECK(left.integer(-1) == 0);
  }

  TEST_CASE("a vendor has one default: the first, until another asks or it is deleted") {
    StoreFixture f;
    auto first = f.provider("openai", "first");
    auto second = f.provider("openai", "second");
    auto other = f.provider("groq", "other");
    f.store->write([&](Tables& t) {
      for (const auto* provider : {&first, &second, &other}) CHECK(t.providers.insert(*provider));
      CHECK(t.providers.find(first.id)->is_default);
      CHECK_FALSE(t.providers.find(second.id)->is_default);
      CHECK(t.providers.find(other.id)->is_default);
      second.is_default = true;
      CHECK(t.providers.update(second));
      CHECK_FALSE(t.providers.find(first.id)->is_default);
      second.is_default = false;
      CHECK(t.providers.update(second));
      CHECK(t.providers.softDelete(second.id, 5));
      CHECK(t.providers.find(first.id)->is_default);
      CHECK_FALSE(t.providers.find(second.id));
    });
  }

  TEST_CASE("a name is taken while its provider lives") {
    StoreFixture f;
    auto first = f.provider("openai", "main");
    auto second = f.provider("groq", "main");
    f.store->write([&](Tables& t) {
      CHECK(t.providers.insert(first));
      CHECK(t.providers.insert(second).error().code == "name_taken");
      second.name = "second";
      CHECK(t.providers.insert(second));
      second.name = "main";
      CHECK(t.providers.update(second).error().code == "name_taken");
      CHECK(t.providers.softDelete(first.id, 5));
      CHECK(t.providers.update(second));
      CHECK(t.providers.update(first).error().kind == ErrorKind::NotFound);
    });
  }

  TEST_CASE("a sealed key moved to another row does not open") {
    StoreFixture f;
    const auto first = f.provider("openai", "first");
    auto second = f.provider("openai", "second");
    f.store->write([&](Tables& t) {
      CHECK(t.providers.insert(first));
      CHECK(t.providers.insert(second));
    });
    f.close();
    storage::Database(f.dir / "penstock.db", {})
        .exec("UPDATE provider SET api_key = (SELECT api_key FROM provider WHERE name = 'first')");
    f.open();
    CHECK(f.store->read([&](Tables& t) { return t.providers.find(first.id); }));
    CHECK_THROWS_AS(f.store->read([&](Tables& t) { return t.providers.find(second.id); }),
                    std::runtime_error);
  }
}
