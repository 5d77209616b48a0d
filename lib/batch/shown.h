#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/relayed_object.h"

namespace penstock::batch {

// What is needed of a file or batch as its provider shows it.
struct Shown {
  std::string id;
  std::string status;   // OpenAI's "status", Anthropic's "processing_status"
  std::string purpose;  // of OpenAI's files
  // Of OpenAI's batches, once they are there: the answers, and the errors.
  std::string output_file_id, error_file_id;
  bool has_results = false;  // of Anthropic's batches
};

// UpstreamFailed/"invalid_upstream_response" when it is no object with an id that fits in a path.
Result<Shown> readShown(model::ObjectKind kind, model::ObjectSurface surface,
                        std::string_view body);

// Whether a batch in that state will do no more work.
bool isOver(model::ObjectSurface surface, std::string_view status);

// Letters, digits, '-', '_' and '.', at most 128: what ids are made of, and is safe in a path.
bool isObjectId(std::string_view text);

}  // namespace penstock::batch
