#include "demo/shelf.h"

#include <doctest/doctest.h>

#include <string>

#include "base/clock.h"

using namespace penstock;
using namespace penstock::demo;

namespace {

std::string line(const std::string& id, const std::string& model = "demo-chat") {
  return R"({"custom_id":")" + id + R"(","method":"POST","url":"/v1/chat/completions","body":)" +
         R"({"model":")" + model + R"(","messages":[{"role":"user","content":"Hi"}]}})" + "\n";
}

}  // namespace

TEST_SUITE("demo/shelf") {
  TEST_CASE("files are there until they are removed") {
    const SystemClock clock;
    Shelf shelf(clock);
    const auto file = shelf.addFile("a.txt", "user_data", "text");
    REQUIRE(file);
    CHECK(shelf.file(file->id)->content == "text");
    CHECK(shelf.removeFile(file->id));
    CHECK_FALSE(shelf.removeFile(file->id));
    CHECK_FALSE(shelf.file(file->id));
    CHECK_FALSE(shelf.addFile("b", "x", std::string((64 << 20) + 1, 'x')));
  }

  TEST_CASE("a batch is answered line by line, errors apart") {
    const SystemClock clock;
    Shelf shelf(clock);
    std::string lines;
    for (int i = 0; i < 50; ++i) lines += line(std::to_string(i));
    lines += line("bad", "demo-chat:status=503") + "no json\n";
    const auto file = shelf.addFile("in.jsonl", "batch", lines);
    const auto batch = shelf.addBatch(file->id, "/v1/chat/completions", "24h");
    REQUIRE(batch);
    CHECK(batch->status == "in_progress");
    int turns = 0;
    while (shelf.workOn(batch->id)) ++turns;
    CHECK(turns > 1);
    const auto done = shelf.batch(batch->id);
    CHECK(done->status == "completed");
    CHECK(done->completed == 50);
    CHECK(done->failed == 2);
    const std::string output = shelf.file(done->output_file_id)->content;
    CHECK(output.find(R"("custom_id":"49")") != std::string::npos);
    CHECK(output.find(R"("usage":)") != std::string::npos);
    CHECK(shelf.file(done->error_file_id)->content.find(R"("status_code":503)") !=
          std::string::npos);
  }

  TEST_CASE("a cancelled batch keeps what was answered, and goes no further") {
    const SystemClock clock;
    Shelf shelf(clock);
    std::string lines;
    for (int i = 0; i < 50; ++i) lines += line(std::to_string(i));
    const auto file = shelf.addFile("in.jsonl", "batch", lines);
    const auto batch = shelf.addBatch(file->id, "/v1/chat/completions", "24h");
    REQUIRE(shelf.workOn(batch->id));
    const auto cancelled = shelf.cancelBatch(batch->id);
    CHECK(cancelled->status == "cancelled");
    CHECK_FALSE(cancelled->output_file_id.empty());
    CHECK_FALSE(shelf.workOn(batch->id));
    CHECK_FALSE(shelf.cancelBatch("batch_nothing"));
  }

  TEST_CASE("a batch needs a file of its purpose") {
    const SystemClock clock;
    Shelf shelf(clock);
    const auto file = shelf.addFile("a", "user_data", "x");
    CHECK_FALSE(shelf.addBatch(file->id, "/v1/chat/completions", "24h"));
    CHECK_FALSE(shelf.addBatch("file-0", "/v1/chat/completions", "24h"));
    CHECK_FALSE(shelf.addBatch(file->id, "/v1/images/generations", "24h"));
  }
}
