#include "executor/line_cursor.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/temp_dir.h"

using namespace penstock;
using executor::LineCursor;
using executor::Shelf;

namespace {

struct Fixture {
  // What next() comes to, as "number@offset:text"; lines that are too long are "number@offset!".
  std::vector<std::string> lines(const std::string& content, size_t max_line = 1'000,
                                 uint64_t from = 0) {
    shelf.remove("a");
    REQUIRE(shelf.put("a", content));
    LineCursor cursor(shelf, "a", max_line, from);
    std::vector<std::string> found;
    for (;;) {
      const LineCursor::Got got = cursor.next();
      if (got == LineCursor::Got::End) return found;
      REQUIRE(got != LineCursor::Got::Failed);
      const std::string at =
          std::to_string(cursor.number()) + "@" + std::to_string(cursor.offset());
      found.push_back(got == LineCursor::Got::TooLong ? at + "!"
                                                      : at + ":" + std::string(cursor.text()));
    }
  }
  test::TempDir dir;
  Shelf shelf{dir / "files", 1 << 30};
};

using Found = std::vector<std::string>;

}  // namespace

TEST_SUITE("executor/line_cursor") {
  TEST_CASE("lines are read one by one, blank ones counted and passed over") {
    Fixture f;
    CHECK(f.lines("a\nbb\r\n\n  \nccc") == Found{"1@0:a", "2@2:bb", "5@10:ccc"});
    CHECK(f.lines("a\n") == Found{"1@0:a"});
    CHECK(f.lines("").empty());
    CHECK(f.lines("\n\n").empty());
    CHECK(f.lines("a\nbb\ncc\n", 1'000, 2) == Found{"1@2:bb", "2@5:cc"});
  }

  TEST_CASE("whether a line feed ends the line is told") {
    Fixture f;
    REQUIRE(f.shelf.put("b", "a\nb"));
    LineCursor cursor(f.shelf, "b", 10);
    REQUIRE(cursor.next() == LineCursor::Got::Line);
    CHECK(cursor.complete());
    REQUIRE(cursor.next() == LineCursor::Got::Line);
    CHECK_FALSE(cursor.complete());
  }

  TEST_CASE(
      "lines that are longer than a piece are whole, and those that are too long only counted") {
    Fixture f;
    const std::string longer(600'000, 'x');
    CHECK(f.lines(longer + "\nb\n", 1'000'000) == Found{"1@0:" + longer, "2@600001:b"});
    CHECK(f.lines("a\n" + longer + "\nb\n" + longer, 100'000) ==
          Found{"1@0:a", "2@2!", "3@600003:b", "4@600005!"});
    CHECK(f.lines("12345\n123456\n1\n", 5) == Found{"1@0:12345", "2@6!", "3@13:1"});
  }

  TEST_CASE("a content that is gone fails") {
    Fixture f;
    LineCursor cursor(f.shelf, "none", 10);
    CHECK(cursor.next() == LineCursor::Got::Failed);
  }
}
