#include "demo/form.h"

#include <fmt/format.h>

#include "base/text.h"
#include "demo/models.h"

namespace penstock::demo {

std::string_view FormRequest::field(std::string_view name) const {
  const http::FormPart* part = form.find(name);
  return part == nullptr || part->filename ? std::string_view() : part->value;
}

Result<const http::FormPart*> FormRequest::file(std::string_view name) const {
  const http::FormPart* part = form.find(name);
  if (part == nullptr) part = form.find(std::string(name) + "[]");
  const auto pointer = "/" + std::string(name);
  if (part == nullptr) {
    return invalidRequest("missing_field", fmt::format("Missing required parameter: '{}'.", name),
                          pointer);
  }
  if (!part->filename || part->value.empty())
    return invalidRequest("invalid_value", fmt::format("'{}' must be a file.", name), pointer);
  return part;
}

Result<uint64_t> FormRequest::count(std::string_view name, uint64_t min, uint64_t max,
                                    uint64_t otherwise) const {
  const std::string_view text = field(name);
  if (text.empty()) return otherwise;
  const auto number = parseUnsigned(text);
  if (number && *number >= min && *number <= max) return *number;
  return invalidRequest("invalid_value",
                        fmt::format("'{}' must be a whole number from {} to {}.", name, min, max),
                        "/" + std::string(name));
}

Result<FormRequest> readForm(const http::Request& request, std::string_view served) {
  auto form = http::parseForm(request.headers.get("content-type"), request.body);
  if (!form) return std::move(form).error();
  FormRequest read{.form = *std::move(form), .model = {}};
  auto model = parseModelName(read.field("model"));
  if (!model) return std::move(model).error();
  read.model = *std::move(model);
  if (Status known = checkModel(read.model.base, served); !known) return std::move(known).error();
  return read;
}

}  // namespace penstock::demo
