#include "executor/shelf.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "support/temp_dir.h"

using namespace penstock;
using executor::Shelf;
namespace fs = std::filesystem;

TEST_SUITE("executor/shelf") {
  TEST_CASE("contents are read in pieces, added to, cut and taken away") {
    test::TempDir dir;
    Shelf shelf(dir / "files", 1'000);
    REQUIRE(shelf.put("a", "hello"));
    REQUIRE(shelf.append("a", " world"));
    CHECK(shelf.read("a", 6, 3).value() == "wor");
    CHECK(shelf.read("a", 6, 99).value() == "world");
    CHECK(shelf.read("a", 11, 99).value().empty());
    CHECK(shelf.size("a") == 11);
    shelf.truncate("a", 5);
    CHECK(shelf.read("a", 0, 99).value() == "hello");
    shelf.truncate("a", 50);
    CHECK(shelf.size("a") == 5);
    shelf.remove("a");
    CHECK_FALSE(shelf.size("a"));
    CHECK_FALSE(shelf.read("a", 0, 1));
    CHECK(shelf.bytes() == 0);
  }

  TEST_CASE("a second name keeps a content when the first goes") {
    test::TempDir dir;
    Shelf shelf(dir / "files", 1'000);
    REQUIRE(shelf.put("a", "x"));
    CHECK(shelf.link("a", "b"));
    CHECK_FALSE(shelf.link("none", "c"));
    shelf.remove("a");
    CHECK(shelf.read("b", 0, 9).value() == "x");
    CHECK(shelf.names() == std::vector<std::string>{"b"});
  }

  TEST_CASE("only its owner may read what is on it") {
    test::TempDir dir;
    Shelf shelf(dir / "files", 1'000);
    REQUIRE(shelf.put("a", "x"));
    REQUIRE(shelf.append("b", "x"));
    constexpr fs::perms kOthers = fs::perms::group_all | fs::perms::others_all;
    for (const fs::path& path : {dir / "files", dir / "files" / "a", dir / "files" / "b"})
      CHECK((fs::status(path).permissions() & kOthers) == fs::perms::none);
  }

  TEST_CASE("what does not fit is refused, and leaves nothing behind") {
    test::TempDir dir;
    {
      Shelf shelf(dir / "files", 10);
      REQUIRE(shelf.put("a", "123456"));
    }
    Shelf again(dir / "files", 10);  // knows what was there
    CHECK(again.bytes() == 6);
    const Status refused = again.put("b", "12345");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::PayloadTooLarge);
    CHECK(refused.error().code == "file_storage_full");
    CHECK_FALSE(again.size("b"));
    CHECK(again.put("b", "1234"));
    CHECK_FALSE(again.put("b", ""));  // names are given once
  }

  TEST_CASE("a folder that cannot be made is said at the start") {
    test::TempDir dir;
    CHECK_THROWS_AS(Shelf(dir / "none" / "files", 10), std::runtime_error);
  }
}
