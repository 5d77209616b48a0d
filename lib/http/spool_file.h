#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace penstock::http {

// Bytes that are too many to hold in memory, in a file without a name: nobody else can open it, and
// it is gone with this object or the process. Written first, then read; or read while it is
// written, where its size is known. Used by one thread at a time. Movable; what view() gave stays
// valid.
class SpoolFile {
 public:
  // Internal/"spool_failed" where no file can be made in the directory, or written to it (no
  // space).
  static Result<SpoolFile> open(const std::filesystem::path& directory);
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&& other) noexcept;
  ~SpoolFile();

  // It will have that many bytes: what is appended can be looked at from then on, at one place.
  // Once, before the first append.
  Status expect(uint64_t bytes);
  Status append(std::string_view bytes);
  uint64_t size() const { return size_; }
  // All that was appended, mapped: the kernel reads it when it is looked at, and may forget it
  // again. Nothing is appended after, unless its size was known before.
  Result<std::string_view> view();

 private:
  explicit SpoolFile(int fd) : fd_(fd) {}
  Status map(uint64_t bytes);

  int fd_ = -1;
  uint64_t size_ = 0;
  void* mapped_ = nullptr;
  uint64_t mapped_bytes_ = 0;
};

}  // namespace penstock::http
