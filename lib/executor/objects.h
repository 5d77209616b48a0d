#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/local_batch.h"

// Files and batches as callers see them: in OpenAI's and Anthropic's words.
namespace penstock::executor {

struct FileFacts {
  std::string_view id, name;
  std::string_view purpose;     // of OpenAI's
  std::string_view media_type;  // empty: nobody asked
  uint64_t bytes = 0;
  UnixMillis created_at = 0;
  UnixMillis expires_at = 0;
  model::ObjectSurface surface = model::ObjectSurface::OpenAi;
};
std::string renderFile(const FileFacts& file);

// `has_output`, `has_errors`: whether there is such a file, once the batch is over.
struct Outputs {
  bool output = false, errors = false;
};
std::string renderBatch(const model::LocalBatch& batch, Outputs outputs);

// What its RelayedObject says of the status: OpenAI's "status", Anthropic's "processing_status".
std::string_view shownStatus(const model::LocalBatch& batch);

}  // namespace penstock::executor
