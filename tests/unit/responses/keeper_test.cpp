#include "responses/keeper.h"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "support/store_fixture.h"

using namespace penstock;
using namespace penstock::test;
using responses::Keeper;
using store::Tables;

namespace {

struct Fixture : StoreFixture {
  explicit Fixture(const Keeper::Options& options = {}) {
    bootstrap();
    project = firstProject().id;
    make(options);
  }
  void make(const Keeper::Options& options = {}) {
    keeper.reset();
    keeper = std::make_unique<Keeper>(Keeper::Services{*store, clock, log}, options);
  }
  // A keeper and a store as after a new start of the process.
  void restart() {
    keeper.reset();
    reopen();
    make();
  }
  model::StoredResponse response(const std::string& id, const std::string& text = "Hi") const {
    return {.project_id = project,
            .id = id,
            .api_key_id = "key_1",
            .provider_id = "prov_1",
            .model = "m",
            .input = R"([{"role":"user","content":")" + text + R"("}])",
            .object = R"({"id":")" + id + R"(","output":[{"id":"msg_)" + id + R"("}]})",
            .created_at = clock.now()};
  }
  bool stored(const std::string& id) {
    return store->read([&](Tables& t) { return t.stored_responses.find(project, id).has_value(); });
  }
  bool finds(const std::string& id) { return keeper->find(project, id) != nullptr; }

  Logger log{{.level = LogLevel::Error}, clock};
  std::string project;
  std::unique_ptr<Keeper> keeper;
};

}  // namespace

TEST_SUITE("responses/keeper") {
  TEST_CASE("a response is found before it is written, and after a restart") {
    Fixture f;
    REQUIRE(f.keeper->keep(f.response("resp_1")));
    CHECK_FALSE(f.stored("resp_1"));  // nobody writes yet
    CHECK(f.finds("resp_1"));
    CHECK(f.keeper->findByItem(f.project, "msg_resp_1")->id == "resp_1");
    CHECK(f.keeper->find("proj_other", "resp_1") == nullptr);
    CHECK(f.keeper->findByItem("proj_other", "msg_resp_1") == nullptr);
    f.keeper->start();
    f.restart();
    CHECK(f.stored("resp_1"));
    CHECK(f.finds("resp_1"));
    CHECK(f.keeper->findByItem(f.project, "msg_resp_1")->id == "resp_1");
  }

  TEST_CASE("what is removed before it is written is never written") {
    Fixture f;
    REQUIRE(f.keeper->keep(f.response("resp_1")));
    REQUIRE(f.keeper->keep(f.response("resp_2")));
    CHECK(f.keeper->remove(f.project, "resp_1"));
    CHECK_FALSE(f.keeper->remove(f.project, "resp_1"));
    CHECK_FALSE(f.finds("resp_1"));
    CHECK(f.keeper->findByItem(f.project, "msg_resp_1") == nullptr);
    f.keeper->start();
    f.keeper->finish();
    CHECK_FALSE(f.stored("resp_1"));
    CHECK(f.stored("resp_2"));
    CHECK(f.keeper->remove(f.project, "resp_2"));
    CHECK_FALSE(f.stored("resp_2"));
  }

  TEST_CASE("what is too large is not kept, nor what comes when too much waits or nobody writes") {
    Fixture f({.most_bytes = 200, .waiting_bytes = 250});
    CHECK_FALSE(f.keeper->keep(f.response("resp_1", std::string(200, 'x'))));
    CHECK(f.keeper->keep(f.response("resp_2")));
    CHECK(f.keeper->keep(f.response("resp_3")));
    CHECK_FALSE(f.keeper->keep(f.response("resp_4", std::string(99, 'x'))));
    CHECK(f.keeper->lost() == 2);
    CHECK(f.finds("resp_2"));
    CHECK_FALSE(f.finds("resp_4"));
    f.keeper->start();
    f.keeper->finish();
    CHECK_FALSE(f.keeper->keep(f.response("resp_5")));
    CHECK(f.stored("resp_3"));
  }

  TEST_CASE("what is old is neither found nor, after a sweep, there") {
    Fixture f({.keep_for = 1000});
    for (int i = 0; i < 120; ++i) REQUIRE(f.keeper->keep(f.response("resp_" + std::to_string(i))));
    f.keeper->start();
    f.keeper->finish();
    CHECK(f.finds("resp_0"));
    f.clock.advance(std::chrono::milliseconds(1000));
    CHECK_FALSE(f.finds("resp_0"));
    CHECK(f.keeper->findByItem(f.project, "msg_resp_0") == nullptr);
    CHECK(f.stored("resp_119"));
    f.keeper->sweep();
    CHECK(f.store->read([](Tables& t) { return t.stored_responses.bytes(); }) == 0);
  }

  TEST_CASE("beyond the bytes of all the oldest go") {
    Fixture f({.total_bytes = 1000});
    const std::string text(400, 'x');
    for (const char* id : {"resp_1", "resp_2", "resp_3"}) {
      f.clock.advance(std::chrono::milliseconds(1));
      REQUIRE(f.keeper->keep(f.response(id, text)));
    }
    f.keeper->start();
    f.keeper->finish();
    f.keeper->sweep();
    CHECK_FALSE(f.stored("resp_1"));
    CHECK(f.store->read([](Tables& t) { return t.stored_responses.bytes(); }) <= 1000);
  }

  TEST_CASE("where nothing is to be kept nothing is") {
    Fixture f({.keep_for = 0});
    CHECK_FALSE(f.keeper->keep(f.response("resp_1")));
    CHECK_FALSE(f.finds("resp_1"));
  }

  TEST_CASE("tasks that may block run elsewhere") {
    Fixture f;
    std::promise<std::thread::id> ran;
    REQUIRE(f.keeper->submit([&ran] { ran.set_value(std::this_thread::get_id()); }));
    CHECK(ran.get_future().get() != std::this_thread::get_id());
  }
}
