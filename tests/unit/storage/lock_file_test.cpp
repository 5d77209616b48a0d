#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "storage/lock_file.h"
#include "support/temp_dir.h"

using penstock::storage::LockFile;
using penstock::test::TempDir;

TEST_SUITE("storage/lock_file") {
  TEST_CASE("a second holder is refused and told who holds it") {
    TempDir dir;
    auto first = LockFile::acquire(dir / "lock", 1'800'000'000'000);
    REQUIRE(first);
    const auto second = LockFile::acquire(dir / "lock", 1'800'000'000'001);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == "data_dir_in_use");
    const std::string expected = dir.path().string() + " is in use by process " +
                                 std::to_string(::getpid()) + " since 2027-01-15T08:00:00Z";
    CHECK(second.error().message == expected);
  }

  TEST_CASE("the lock is free again when its holder ends, however it ends") {
    TempDir dir;
    const pid_t child = ::fork();
    if (child == 0) {
      const auto lock = LockFile::acquire(dir / "lock", 0);
      ::_exit(lock ? 0 : 1);  // without a destructor
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    CHECK(LockFile::acquire(dir / "lock", 0));
    CHECK(LockFile::acquire(dir / "lock", 0));
  }
}
