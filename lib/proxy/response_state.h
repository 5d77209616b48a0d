#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/responses_request.h"
#include "model/provider.h"
#include "model/request_log.h"
#include "proxy/admission.h"
#include "proxy/extensions.h"
#include "proxy/loop_context.h"
#include "responses/recall.h"

namespace penstock::proxy {

// What a request of the Responses API has to do with those before it and after it: the responses
// that it goes on from, and what is kept of its own. One a request; lives on its loop, but for
// recall(), during which nobody else touches it.
class ResponseState {
 public:
  ResponseState(LoopContext& loop, const Caller& caller, const Extensions& extensions)
      : loop_(loop), caller_(caller), extensions_(extensions) {}

  // First of all: whether the request asks for nothing that there is not. Errors name the field.
  Status open(const dialect::ResponsesRequest& request);

  bool needsRecall() const { return needs_recall_; }
  // On a thread that may block. Then take() gives the request that needs nothing of before, which
  // is parsed anew; `original`, as the caller sent it, is for who holds all that it names.
  Status recall(const dialect::ResponsesRequest& request);
  // `text`: what the request's views point to, where that is no longer the caller's body.
  std::string take(std::unique_ptr<dialect::ChatView> original, std::optional<std::string> text);
  // What the request that was parsed anew cannot say of itself.
  void complete(dialect::ResponsesRequest& request) const;
  // A guardrail has changed it: nobody holds it any more, and what is kept is what it made of it.
  void changed() {
    original_.reset();
    input_.reset();
  }
  // How many of its items are history.
  size_t historyItems() const { return recalled_ ? recalled_->history_items : 0; }

  // Whether history or items that were referred to stand in the request.
  bool recalled() const { return recalled_.has_value(); }
  // The request as the caller sent it, where that provider holds all that it names; else null.
  const dialect::ResponsesRequest* originalFor(const model::Provider& provider) const;
  // A provider that was named what came before does not hold it any more: it is sent the history,
  // as any other.
  void forgetHolder() { original_.reset(); }
  // Whether the provider may store the response: not what nobody could ask for or delete here.
  dialect::ResponsesStore storeAtProvider() const {
    using Store = dialect::ResponsesStore;
    return keeps_ ? Store::AsAsked : Store::Never;
  }

  // Whether the response is to be kept.
  bool keeps() const { return keeps_; }
  // Why it is not, though the caller is for it: "input_too_large"; empty: it is, or nobody wants
  // it.
  std::string_view whyNot() const { return why_not_; }
  const std::string& previousId() const { return previous_id_; }

  // Holds what is to be kept of the request, before its bytes are let go of.
  void holdInput(const dialect::ResponsesRequest& request);
  // Who made a response, and whether it is at the provider as the caller has it.
  struct Origin {
    const model::RequestLog& row;
    const model::Provider& provider;
    const std::string& model;
    std::optional<std::string> byok_fingerprint;
    bool passed_through = false;
  };
  // Keeps the response, once, if it is to be: before the caller has its end. holdInput() was
  // called.
  void keep(std::string_view object, const Origin& origin);

 private:
  LoopContext& loop_;
  const Caller& caller_;
  const Extensions& extensions_;
  bool needs_recall_ = false;
  bool keeps_ = false;
  bool kept_ = false;  // the one of this request
  std::string_view why_not_;
  std::string previous_id_;
  std::optional<responses::Recalled> recalled_;
  std::optional<std::string> original_text_;
  std::unique_ptr<dialect::ChatView> original_;
  std::optional<std::string> input_;
};

}  // namespace penstock::proxy
