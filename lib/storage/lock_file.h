#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.h"
#include "base/result.h"

namespace penstock::storage {

// Holds a folder for this process: an advisory lock on a file that says who holds it. The kernel
// frees it when the process ends, however it ends, so that there are no stale locks.
class LockFile {
 public:
  // Conflict ("data_dir_in_use", naming the holder's process and start) when someone has it.
  static Result<std::unique_ptr<LockFile>> acquire(const std::filesystem::path& file,
                                                   UnixMillis now);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  explicit LockFile(int fd) : fd_(fd) {}

  // Constant after construction.
  const int fd_;
};

}  // namespace penstock::storage
