#include <string>

#include <doctest/doctest.h>

#include "storage/statement.h"
#include "support/store_fixture.h"

using namespace penstock;
using store::Tables;
using test::StoreFixture;

TEST_SUITE("store/projects") {
  TEST_CASE("guardrails come back with their secrets opened, which are stored sealed") {
    StoreFixture f;
    f.bootstrap();
    model::Project project = f.firstProject();
    CHECK(project.settings.guardrails.empty());
    project.settings.guardrails = R"([{"name":"w"}])";
    project.settings.guardrail_secrets.emplace("w", Secret("canary-0001"));
    project.settings.guardrail_secrets.emplace("\"x\"", Secret("canary-0002"));
    f.store->write([&](Tables& t) { CHECK(t.projects.update(project)); });
    CHECK(f.firstProject() == project);
    f.reopen();
    CHECK(f.store->read([&](Tables& t) { return t.projects.find(project.id); }) == project);
    {
      storage::Database db(f.dir.path() / "penstock.db", {});
      storage::Statement sealed(db, "SELECT guardrail_secrets FROM project");
      storage::Rows row = sealed.rows();
      REQUIRE(row.next());
      CHECK(row.blob(0).find("canary") == std::string_view::npos);
    }
    project.settings.guardrails.clear();
    project.settings.guardrail_secrets.clear();
    f.store->write([&](Tables& t) { CHECK(t.projects.update(project)); });
    CHECK(f.firstProject() == project);
  }
}
