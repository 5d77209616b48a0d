#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/sync.h"

namespace penstock::demo {

// A file of the demo provider, in memory until the process ends.
struct ShelfFile {
  std::string id, filename, purpose;
  std::string content;
  int64_t created = 0;  // seconds
};

struct ShelfBatch {
  std::string id, endpoint, input_file_id, completion_window;
  std::string status = "in_progress";
  std::string output_file_id, error_file_id;  // once there are any
  int64_t created = 0;                        // seconds
  int64_t total = 0, completed = 0, failed = 0;
  size_t read = 0;             // of its input
  std::string output, errors;  // so far
};

// Files and batches of everybody who asks, bounded in number and bytes. Thread-safe.
class Shelf {
 public:
  explicit Shelf(const Clock& clock) : clock_(clock) {}

  // PayloadTooLarge/"shelf_full" past 64 MiB or 10,000 files.
  Result<ShelfFile> addFile(std::string filename, std::string purpose, std::string_view content);
  std::optional<ShelfFile> file(std::string_view id) const;
  bool removeFile(std::string_view id);

  // InvalidRequest when there is no such file, or the endpoint is none of ours.
  Result<ShelfBatch> addBatch(std::string_view input_file_id, std::string_view endpoint,
                              std::string_view completion_window);
  std::optional<ShelfBatch> batch(std::string_view id) const;
  // Nothing more is done for it; nothing when there is no such.
  std::optional<ShelfBatch> cancelBatch(std::string_view id);
  // Answers some of the batch's requests; false when it is over.
  bool workOn(std::string_view id);

 private:
  struct Things {
    std::map<std::string, ShelfFile, std::less<>> files;
    std::map<std::string, ShelfBatch, std::less<>> batches;
    size_t bytes = 0;
  };
  void answerLine(std::string_view line, ShelfBatch& batch) const;
  static std::string keep(Things& things, ShelfFile file);
  void finish(Things& things, ShelfBatch& batch) const;

  const Clock& clock_;
  mutable Sync<Things> things_;
};

}  // namespace penstock::demo
