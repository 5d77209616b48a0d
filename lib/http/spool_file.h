#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace penstock::http {

// Bytes that are too many to hold in memory, in a file without a name: nobody else can open it, and
// it is gone with this object or the process. Written first, then read; used by one thread at a
// time. Movable; what view() gave stays valid.
class SpoolFile {
 public:
  // Internal/"spool_failed" where no file can be made in the directory, or written to it (no
  // space).
  static Result<SpoolFile> open(const std::filesystem::path& directory);
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&& other) noexcept;
  ~SpoolFile();

  Status append(std::string_view bytes);
  uint64_t size() const { return size_; }
  // All of it, mapped: the kernel reads it when it is looked at, and may forget it again. Nothing
  // is appended after.
  Result<std::string_view> view();

 private:
  explicit SpoolFile(int fd) : fd_(fd) {}
  int fd_ = -1;
  uint64_t size_ = 0;
  void* mapped_ = nullptr;
};

}  // namespace penstock::http
