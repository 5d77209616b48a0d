#include "store/stored_responses.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/store_fixture.h"

using namespace penstock;
using namespace penstock::test;
using store::Tables;
using AtProvider = model::StoredResponse::AtProvider;

namespace {

struct Fixture : StoreFixture {
  Fixture() {
    bootstrap();
    project = firstProject().id;
  }
  model::StoredResponse response(const std::string& id) const {
    return {.project_id = project,
            .id = id,
            .api_key_id = "key_1",
            .provider_id = "prov_1",
            .model = "m",
            .previous_id = "resp_0",
            .at_provider = AtProvider::Held,
            .account = "sk…1",
            .input = R"([{"role":"user","content":"Hi"}])",
            .object = R"({"id":")" + id + R"(","output":[]})",
            .created_at = clock.now()};
  }
  void put(const model::StoredResponse& made, const std::vector<std::string>& items = {}) {
    store->write([&](Tables& t) { t.stored_responses.put(made, items); });
  }
  std::optional<model::StoredResponse> find(const std::string& id) {
    return store->read([&](Tables& t) { return t.stored_responses.find(project, id); });
  }
  // The id of the response that has it.
  std::string ownerOf(const std::string& item) {
    const auto found =
        store->read([&](Tables& t) { return t.stored_responses.findByItem(project, item); });
    return found ? found->id : "";
  }
  int64_t removed(const std::function<int64_t(store::StoredResponseTable&)>& remove) {
    return store->write([&](Tables& t) { return remove(t.stored_responses); });
  }

  std::string project;
};

}  // namespace

TEST_SUITE("store/stored_responses") {
  TEST_CASE("a project finds what it has kept, and no other project's") {
    Fixture f;
    const auto made = f.response("resp_1");
    f.put(made, {"msg_1"});
    CHECK(f.find("resp_1") == made);
    CHECK_FALSE(f.find("resp_2"));
    CHECK(f.ownerOf("msg_1") == "resp_1");
    f.store->read([&](Tables& t) {
      CHECK_FALSE(t.stored_responses.find("proj_other", "resp_1"));
      CHECK_FALSE(t.stored_responses.findByItem("proj_other", "msg_1"));
      CHECK(t.stored_responses.bytes() == static_cast<int64_t>(made.bytes()));
    });
  }

  TEST_CASE("an id that comes again stands for the later response") {
    Fixture f;
    f.put(f.response("resp_1"), {"msg_1"});
    auto again = f.response("resp_1");
    again.model = "other";
    f.put(again, {"msg_2"});
    CHECK(f.find("resp_1") == again);
    CHECK(f.ownerOf("msg_1").empty());
    CHECK(f.ownerOf("msg_2") == "resp_1");
  }

  TEST_CASE("an item stays that response's which had it first, and goes with it") {
    Fixture f;
    f.put(f.response("resp_1"), {"msg_1"});
    f.put(f.response("resp_2"), {"msg_1", "msg_2"});
    CHECK(f.ownerOf("msg_1") == "resp_1");
    CHECK(f.removed([&](auto& table) { return table.remove(f.project, "resp_1"); }) == 1);
    CHECK(f.removed([&](auto& table) { return table.remove(f.project, "resp_1"); }) == 0);
    CHECK(f.ownerOf("msg_1").empty());
    CHECK(f.ownerOf("msg_2") == "resp_2");
  }

  TEST_CASE("what is old goes in small numbers, the oldest first") {
    Fixture f;
    std::vector<UnixMillis> times;
    for (const char* id : {"resp_1", "resp_2", "resp_3"}) {
      f.clock.advance(std::chrono::milliseconds(10));
      times.push_back(f.clock.now());
      f.put(f.response(id));
    }
    CHECK(f.removed([&](auto& table) { return table.removeUntil(times[1], 1); }) == 1);
    CHECK_FALSE(f.find("resp_1"));
    CHECK(f.removed([&](auto& table) { return table.removeUntil(times[1], 9); }) == 1);
    CHECK(f.find("resp_3"));
    f.put(f.response("resp_4"));
    CHECK(f.removed([&](auto& table) { return table.removeOldest(1); }) == 1);
    CHECK_FALSE(f.find("resp_3"));
    CHECK(f.find("resp_4"));
  }

  TEST_CASE("a project that is deleted takes what it kept along") {
    Fixture f;
    f.put(f.response("resp_1"), {"msg_1"});
    const auto of_deleted = [](auto& table) { return table.removeOfDeletedProjects(9); };
    CHECK(f.removed(of_deleted) == 0);
    f.store->write([&](Tables& t) { return store::deleteProject(t, f.project, f.clock.now()); });
    CHECK(f.removed(of_deleted) == 1);
    CHECK_FALSE(f.find("resp_1"));
    CHECK(f.ownerOf("msg_1").empty());
  }
}
