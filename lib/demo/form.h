#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "demo/faults.h"
#include "http/message.h"
#include "http/multipart.h"

namespace penstock::demo {

// A request that is a form, with the model that it names. Faults are in the model's name only.
struct FormRequest {
  http::Form form;
  ModelName model;

  // The value of a field; empty where it is absent.
  std::string_view field(std::string_view name) const;
  // A file under that name, or that name with "[]".
  Result<const http::FormPart*> file(std::string_view name) const;
  // A whole number from `min` to `max`; absent: `otherwise`.
  Result<uint64_t> count(std::string_view name, uint64_t min, uint64_t max,
                         uint64_t otherwise) const;
};

// Errors are those of the form, or of the model, which is to be `served`.
Result<FormRequest> readForm(const http::Request& request, std::string_view served);

}  // namespace penstock::demo
