#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "dialect/translate.h"

namespace penstock::proxy {

// A caller's request as the typed model, made when the first attempt needs it: traffic within one
// dialect never does. One a request; lives on its loop.
class TypedRequest {
 public:
  // `body` is valid until release().
  TypedRequest(dialect::Dialect caller, std::string_view body) : caller_(caller), body_(body) {}

  dialect::Dialect caller() const { return caller_; }
  // Errors are the caller's: what the model cannot hold was wrong in the request.
  const Result<dialect::ChatRequest>& get() {
    if (!made_) made_ = dialect::readChat(caller_, body_);
    return *made_;
  }

 private:
  const dialect::Dialect caller_;
  const std::string_view body_;
  std::optional<Result<dialect::ChatRequest>> made_;
};

}  // namespace penstock::proxy
