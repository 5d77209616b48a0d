#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/relayed_object.h"

namespace penstock::model {

// OpenAI's words for where a batch is; Anthropic's know fewer.
enum class BatchStatus : uint8_t {
  Validating,
  Failed,
  InProgress,
  Finalizing,
  Completed,
  Expired,
  Cancelling,
  Cancelled,
};

constexpr std::string_view kBatchStatusNames[] = {"validating", "failed",    "in_progress",
                                                  "finalizing", "completed", "expired",
                                                  "cancelling", "cancelled"};
constexpr std::string_view batchStatusName(BatchStatus status) {
  return kBatchStatusNames[static_cast<size_t>(status)];
}
constexpr std::optional<BatchStatus> parseBatchStatus(std::string_view name) {
  for (size_t i = 0; i < std::size(kBatchStatusNames); ++i) {
    if (kBatchStatusNames[i] == name) return static_cast<BatchStatus>(i);
  }
  return std::nullopt;
}

// A batch that is executed here. Beside its RelayedObject, which says what callers see.
struct LocalBatch {
  std::string id;
  ObjectSurface surface = ObjectSurface::OpenAi;
  std::string project_id;
  std::string api_key_id;      // in whose name its requests are made
  std::string endpoint;        // the path that they are for
  std::string input_file_id;   // of OpenAI's
  std::string window;          // "24h", as it was asked for
  std::string metadata;        // JSON; empty: none
  std::string headers = "[]";  // JSON of [name, value]s that its requests are made with
  std::string peer;            // the address that it came from
  BatchStatus status = BatchStatus::Validating;
  BatchStatus outcome = BatchStatus::Completed;  // how it ends, as far as that is known
  std::string output_name, error_name;           // of the contents of its outputs
  std::string errors = "[]";                     // JSON of what was wrong with it
  // Its requests; the others are what became of them.
  int64_t total = 0, succeeded = 0, errored = 0, canceled = 0, expired = 0;
  UnixMillis created_at = 0;
  UnixMillis expires_at = 0;
  std::optional<UnixMillis> in_progress_at, finalizing_at, cancelling_at, ended_at;

  bool over() const { return ended_at.has_value(); }
  bool operator==(const LocalBatch&) const = default;
};

}  // namespace penstock::model
