#include "store/local_batches.h"

#include <doctest/doctest.h>

#include <string>

#include "support/store_fixture.h"

using namespace penstock;
using model::BatchStatus;
using store::Tables;

namespace {

struct Fixture : test::StoreFixture {
  Fixture() {
    bootstrap();
    project = firstProject().id;
  }
  model::LocalBatch batch(const std::string& id) {
    model::LocalBatch made;
    made.id = id;
    made.surface = model::ObjectSurface::Anthropic;
    made.project_id = project;
    made.api_key_id = "key_1";
    made.endpoint = "/v1/messages";
    made.input_file_id = "file-1";
    made.window = "24h";
    made.metadata = R"({"a":"b"})";
    made.headers = R"([["X-A","1"]])";
    made.peer = "10.0.0.1";
    made.output_name = id + ".out";
    made.error_name = id + ".err";
    made.created_at = clock.now();
    made.expires_at = clock.now() + 1;
    return made;
  }
  std::string project;
};

}  // namespace

TEST_SUITE("store/local_batches") {
  TEST_CASE("a batch is kept with all that it is, over restarts") {
    Fixture f;
    model::LocalBatch made = f.batch("msgbatch_1");
    f.store->write([&](Tables& t) { t.local_batches.insert(made); });
    made.status = BatchStatus::Cancelling;
    made.outcome = BatchStatus::Cancelled;
    made.errors = R"([{"code":"x"}])";
    made.total = 1, made.succeeded = 2, made.errored = 3, made.canceled = 4, made.expired = 5;
    made.in_progress_at = 6, made.finalizing_at = 7, made.cancelling_at = 8;
    f.store->write([&](Tables& t) { t.local_batches.update(made); });
    f.reopen();
    f.store->read([&](Tables& t) {
      CHECK(t.local_batches.find("msgbatch_1") == made);
      CHECK_FALSE(t.local_batches.find("msgbatch_2"));
      CHECK(t.local_batches.hasOutput("msgbatch_1.out"));
      CHECK(t.local_batches.hasOutput("msgbatch_1.err"));
      CHECK_FALSE(t.local_batches.hasOutput("msgbatch_1"));
    });
  }

  TEST_CASE("those that have not ended are open, oldest first") {
    Fixture f;
    f.store->write([&](Tables& t) {
      for (const char* id : {"a", "b", "c"}) t.local_batches.insert(f.batch(id));
      model::LocalBatch over = f.batch("b");
      over.status = BatchStatus::Completed;
      over.ended_at = 9;
      t.local_batches.update(over);
      t.local_batches.remove("c");
    });
    f.store->read([&](Tables& t) {
      const auto open = t.local_batches.open();
      REQUIRE(open.size() == 1);
      CHECK(open[0].id == "a");
    });
  }
}
