#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace penstock::dialect {

// An answer without a provider (spec/modelux.md 13.5): what a dry run returns.
struct DryRun {
  std::string_view id;     // chatcmpl-…
  int64_t created = 0;     // seconds since the epoch
  std::string_view model;  // that would have been served
  std::string_view trace;  // raw JSON of mlx:trace; empty leaves it out
};
// A chat.completion with one empty choice and zero usage.
std::string renderDryRun(const DryRun& run);
// The same as a whole stream: one chunk, then [DONE].
std::string renderDryRunStream(const DryRun& run);

// A row of GET /models.
struct ModelEntry {
  std::string id;
  int64_t created = 0;
  std::string owned_by;
};
std::string renderModel(const ModelEntry& model);
std::string renderModelList(std::span<const ModelEntry> models);

}  // namespace penstock::dialect
