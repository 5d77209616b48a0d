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
  // `body` outlives the first get().
  // `stream`: whether one is asked for, which Gemini's callers say in the URL.
  TypedRequest(dialect::Dialect caller, std::string_view body, bool stream)
      : caller_(caller), body_(body), stream_(stream) {}

  dialect::Dialect caller() const { return caller_; }
  // Errors are the caller's: what the model cannot hold was wrong in the request.
  const Result<dialect::ChatRequest>& get() {
    if (made_) return *made_;
    made_ = dialect::readChat(caller_, body_);
    if (*made_) (*made_)->stream = stream_;
    return *made_;
  }

 private:
  const dialect::Dialect caller_;
  const std::string_view body_;
  const bool stream_;
  std::optional<Result<dialect::ChatRequest>> made_;
};

}  // namespace penstock::proxy
