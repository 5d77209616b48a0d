#include "executor/validation.h"

#include <doctest/doctest.h>

#include <string>

#include "support/temp_dir.h"

using namespace penstock;
using executor::Shelf;
using executor::Validation;

namespace {

std::string line(const std::string& id) {
  return R"({"custom_id":")" + id + R"(","method":"POST","url":"/v1/embeddings","body":{}})" + "\n";
}

struct Fixture {
  // Runs it to its end; the steps that it took.
  int run(const std::string& content, Validation& validation) {
    shelf.remove("a");
    REQUIRE(shelf.put("a", content));
    int steps = 1;
    while (!validation.step()) ++steps;
    return steps;
  }
  test::TempDir dir;
  Shelf shelf{dir / "files", 1 << 30};
};

}  // namespace

TEST_SUITE("executor/validation") {
  TEST_CASE("good lines are counted, in steps") {
    Fixture f;
    std::string lines;
    for (int i = 0; i < 5'000; ++i) lines += line(std::to_string(i));
    Validation validation(f.shelf, "a", "/v1/embeddings", 1'000);
    CHECK(f.run(lines, validation) > 1);
    CHECK_FALSE(validation.failed());
    CHECK(validation.total() == 5'000);
    CHECK(validation.errors() == "[]");
  }

  TEST_CASE("each bad line is named, up to a hundred of them") {
    Fixture f;
    Validation few(f.shelf, "a", "/v1/embeddings", 100);
    f.run(line("a") + "x\n\n" + line("a") + std::string(200, 'x') + "\n", few);
    CHECK(few.failed());
    const std::string errors = few.errors();
    for (const char* part :
         {R"("code":"invalid_json_line","line":2)", R"("code":"duplicate_custom_id","line":4)",
          R"("param":"custom_id")", R"("code":"line_too_long","line":5)"})
      CHECK_MESSAGE(errors.find(part) != std::string::npos, part);
    Validation many(f.shelf, "a", "/v1/embeddings", 100);
    std::string lines;
    for (int i = 0; i < 300; ++i) lines += "x\n";
    f.run(lines, many);
    CHECK(many.errors().find(R"("line":100,)") != std::string::npos);
    CHECK(many.errors().find(R"("line":101,)") == std::string::npos);
  }

  TEST_CASE("a content that is gone fails it") {
    Fixture f;
    Validation validation(f.shelf, "none", "/v1/embeddings", 100);
    CHECK(validation.step());
    CHECK(validation.errors().find("file_unreadable") != std::string::npos);
  }
}
