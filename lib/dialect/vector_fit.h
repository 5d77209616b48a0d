#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace penstock::dialect {

// Whether the model is known to be trained so that the head of a vector, brought to length 1 again,
// is a vector of the same text (Matryoshka representation learning).
bool shortensWell(std::string_view model);

// One answer's vectors, each brought to its size: the elements of a list, in any dialect, whose
// vector is the member `key`. Longer ones are shortened where the model allows that. A vector is an
// array of numbers or base64 of little-endian 32-bit floats, and stays what it is; all else keeps
// its bytes. What it was given outlives it.
class VectorFit {
 public:
  VectorFit(std::string_view key, int64_t dimensions, std::string_view model)
      : key_(key), size_(static_cast<size_t>(dimensions)), model_(model) {}

  // False when it does not fit: see error().
  bool add(std::string_view element);

  // UpstreamFailed/"embedding_dimensions_mismatch"; also when there was no element at all.
  std::optional<ApiError> error() const;
  bool shortened() const { return shortened_; }
  // The elements as they are now, comma-separated.
  const std::string& elements() const { return elements_; }

 private:
  bool refuse(std::string message);

  const std::string_view key_;
  const size_t size_;
  const std::string_view model_;
  std::string elements_;
  bool shortened_ = false;
  std::optional<ApiError> error_;
};

}  // namespace penstock::dialect
