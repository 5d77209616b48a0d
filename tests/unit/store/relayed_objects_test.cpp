#include "store/relayed_objects.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/store_fixture.h"

using namespace penstock;
using model::ObjectKind;
using model::ObjectSurface;
using store::ObjectFilter;
using store::RelayedObjectTable;
using store::Tables;
using Order = store::RelayedObjectTable::Order;

namespace {

// A store with a provider, for objects of its one project.
struct Fixture : test::StoreFixture {
  Fixture() {
    bootstrap();
    project = firstProject().id;
    store->write([&](Tables& t) {
      const model::Provider made = provider("openai", "oa");
      REQUIRE(store::addProvider(t, made));
      provider_id = made.id;
    });
  }
  model::RelayedObject object(const std::string& id, ObjectKind kind = ObjectKind::File) {
    model::RelayedObject made;
    made.provider_id = provider_id;
    made.id = id;
    made.kind = kind;
    made.project_id = project;
    made.api_key_id = "key_1";
    made.purpose = "batch";
    made.object = "{}";
    made.created_at = clock.now();
    return made;
  }
  bool add(const model::RelayedObject& made) {
    return store->write([&](Tables& t) { return t.relayed_objects.insert(made); });
  }
  std::string list(Order order, int64_t from, size_t limit) {
    return store->read([&](Tables& t) {
      std::string ids;
      for (const auto& item : t.relayed_objects.list({project}, order, from, limit).items)
        ids += item.id + "@" + std::to_string(item.seq) + " ";
      return ids;
    });
  }
  std::string project, provider_id;
};

}  // namespace

TEST_SUITE("store/relayed_objects") {
  TEST_CASE("an object is found by its own project only, and keeps its owner") {
    Fixture f;
    const model::RelayedObject made = f.object("file-1");
    CHECK(f.add(made));
    f.store->read([&](Tables& t) {
      const auto found = t.relayed_objects.find({f.project}, "file-1");
      REQUIRE(found);
      CHECK(found->purpose == "batch");
      CHECK(found->api_key_id == "key_1");
      CHECK_FALSE(t.relayed_objects.find({"proj_other"}, "file-1"));
      CHECK_FALSE(t.relayed_objects.find({f.project, ObjectSurface::Anthropic}, "file-1"));
      CHECK_FALSE(
          t.relayed_objects.find({f.project, ObjectSurface::OpenAi, ObjectKind::Batch}, "file-1"));
    });
    CHECK_FALSE(f.add(made));
  }

  TEST_CASE("pages go both ways, without what the provider has not shown") {
    Fixture f;
    for (const char* id : {"a", "b", "c"}) f.add(f.object(id));
    model::RelayedObject unseen = f.object("d");
    unseen.object.clear();
    f.add(unseen);
    CHECK(f.list(Order::NewestFirst, 0, 2) == "c@3 b@2 ");
    CHECK(f.list(Order::NewestFirst, 2, 2) == "a@1 ");
    CHECK(f.list(Order::OldestFirst, 0, 9) == "a@1 b@2 c@3 ");
    f.store->write([&](Tables& t) {
      t.relayed_objects.update(f.provider_id, "d", "processed", R"({"id":"d"})");
      t.relayed_objects.remove(f.provider_id, "a");
    });
    CHECK(f.list(Order::OldestFirst, 0, 9) == "b@2 c@3 d@4 ");
  }

  TEST_CASE("a batch is settled once, over restarts") {
    Fixture f;
    f.add(f.object("batch_1", ObjectKind::Batch));
    f.add(f.object("file-1"));
    const auto unsettled = [&] {
      return f.store->read([](Tables& t) { return t.relayed_objects.unsettled(0, 9).size(); });
    };
    CHECK(unsettled() == 1);
    const auto settle = [&](const char* id) {
      return f.store->write(
          [&](Tables& t) { return t.relayed_objects.settle(f.provider_id, id, 7); });
    };
    CHECK(settle("batch_1"));
    CHECK_FALSE(settle("batch_1"));
    CHECK_FALSE(settle("file-1"));
    f.reopen();
    CHECK(unsettled() == 0);
    CHECK_FALSE(settle("batch_1"));
  }

  TEST_CASE("what is kept here has no provider, and goes by its age") {
    Fixture f;
    model::RelayedObject here = f.object("file-h");
    here.provider_id.clear();
    here.created_at = 100;
    CHECK(f.add(here));
    CHECK_FALSE(f.add(here));
    model::RelayedObject theirs = f.object("file-p");
    theirs.created_at = 100;
    f.add(theirs);
    f.store->write([&](Tables& t) {
      t.relayed_objects.update({}, "file-h", "processed", R"({"id":"file-h"})");
      const auto found = t.relayed_objects.findAt({}, "file-h");
      REQUIRE(found);
      CHECK(found->isHere());
      CHECK(found->object == R"({"id":"file-h"})");
      CHECK_FALSE(t.relayed_objects.findAt({}, "file-p"));
      CHECK(t.relayed_objects.hereBefore(101, 0, 9).size() == 1);
      CHECK(t.relayed_objects.hereBefore(100, 0, 9).empty());
      CHECK(t.relayed_objects.hereBefore(101, found->seq, 9).empty());
      t.relayed_objects.remove({}, "file-h");
      CHECK_FALSE(t.relayed_objects.findAt({}, "file-h"));
      CHECK(t.relayed_objects.findAt(f.provider_id, "file-p"));
    });
  }
}
