#include "batch/shown.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::batch;
using model::ObjectKind;
using model::ObjectSurface;

TEST_SUITE("batch/shown") {
  TEST_CASE("what is needed of an object is read") {
    const auto batch = readShown(ObjectKind::Batch, ObjectSurface::OpenAi,
                                 R"({"id":"batch_1","status":"completed","output_file_id":"f-1",)"
                                 R"("error_file_id":null})");
    REQUIRE(batch);
    CHECK(batch->id == "batch_1");
    CHECK(batch->output_file_id == "f-1");
    CHECK(batch->error_file_id.empty());
    const auto ended =
        readShown(ObjectKind::Batch, ObjectSurface::Anthropic,
                  R"({"id":"msgbatch_1","processing_status":"ended","results_url":"https://x/"})");
    REQUIRE(ended);
    CHECK(ended->status == "ended");
    CHECK(ended->has_results);
  }

  TEST_CASE("an id that would lead elsewhere in a path is none") {
    for (const char* id : {"", "..", "a/b", "a?b", "a%2f", "a b"}) {
      INFO(id);
      CHECK_FALSE(isObjectId(id));
      CHECK_FALSE(readShown(ObjectKind::File, ObjectSurface::OpenAi,
                            std::string(R"({"id":")") + id + R"("})"));
    }
    CHECK_FALSE(isObjectId(std::string(129, 'a')));
    CHECK(isObjectId("file-Ab_9.x"));
    CHECK_FALSE(readShown(ObjectKind::File, ObjectSurface::OpenAi, "[]"));
  }

  TEST_CASE("batches are over in the states that they do not leave") {
    CHECK(isOver(ObjectSurface::OpenAi, "completed"));
    CHECK(isOver(ObjectSurface::OpenAi, "cancelled"));
    CHECK_FALSE(isOver(ObjectSurface::OpenAi, "cancelling"));
    CHECK_FALSE(isOver(ObjectSurface::OpenAi, "finalizing"));
    CHECK(isOver(ObjectSurface::Anthropic, "ended"));
    CHECK_FALSE(isOver(ObjectSurface::Anthropic, "canceling"));
  }
}
