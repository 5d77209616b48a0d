#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock::executor {

// The contents of files that are kept here, by names of ours: one file each, in a folder that only
// its owner may read. Blocks on the disk. Thread-safe, but for two who write one name.
class Shelf {
 public:
  // Makes the folder (0700) where it is missing; throws std::runtime_error when it cannot. Of more
  // than `max_bytes` in all nothing new is put on it.
  Shelf(std::filesystem::path folder, uint64_t max_bytes);

  // A new content, on the disk when it returns. PayloadTooLarge/"file_storage_full"; Internal when
  // the disk does not take it, and then there is none.
  Status put(std::string_view name, std::string_view content);
  // At the end of what may not be there yet; all of it or nothing, unless the machine stops.
  Status append(std::string_view name, std::string_view bytes);
  // The same content under a second name: the first may go. False when there is none.
  bool link(std::string_view name, std::string_view second);
  // Up to `most` bytes from there on; empty at the end. Internal where there is none.
  Result<std::string> read(std::string_view name, uint64_t offset, size_t most) const;
  std::optional<uint64_t> size(std::string_view name) const;
  // Cuts what comes after.
  void truncate(std::string_view name, uint64_t size);
  // What was appended is on the disk when it returns.
  void sync(std::string_view name) const;
  void remove(std::string_view name);
  std::vector<std::string> names() const;
  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  std::filesystem::path pathOf(std::string_view name) const { return folder_ / name; }

  const std::filesystem::path folder_;
  const uint64_t max_bytes_;
  std::atomic<uint64_t> bytes_{0};  // of all names; a content with two counts twice
};

}  // namespace penstock::executor
