#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "budget/rate_limit.h"
#include "http/client.h"
#include "http/exchange.h"
#include "http/router.h"
#include "model/request_log.h"
#include "proxy/admission.h"
#include "proxy/answer.h"
#include "proxy/call_record.h"
#include "proxy/extensions.h"
#include "proxy/loop_context.h"
#include "proxy/routes.h"
#include "responses/keeper.h"

namespace penstock::proxy {

// What can be asked of a response that is kept.
enum class KeptVerb : uint8_t { Show, Delete, InputItems, Cancel };

// Which of a request's items are listed: the query of input_items.
struct ItemQuery {
  std::string after;  // an item's id; empty: from the first on
  size_t limit = 20;
  bool oldest_first = false;
};
// InvalidRequest naming the parameter.
Result<ItemQuery> readItemQuery(const http::Request& request);
// {"object":"list","data":[…],"first_id":…,"last_id":…,"has_more":…}; NotFound for an `after` that
// is none of the items.
Result<std::string> renderItemList(const model::StoredResponse& response, const ItemQuery& query);

// One request about a response that is kept, from arrival to log row:
//
//   authenticate → admit → find (on the keeper's threads) → delete at the provider, where it is
//   held → respond → record
//
// Like a Pipeline, one object a request, on one loop, owning itself while it runs; record runs once
// on every way out.
class KeptResponse final : private http::CallObserver,
                           public std::enable_shared_from_this<KeptResponse> {
 public:
  KeptResponse(LoopContext& loop, http::ExchangePtr exchange, KeptVerb verb);
  ~KeptResponse() override;
  KeptResponse(const KeptResponse&) = delete;
  KeptResponse& operator=(const KeptResponse&) = delete;

  void run();

 private:
  Status authenticate();
  Status admit();
  Status check();
  void work(std::function<Status()> task, void (KeptResponse::*then)());
  Status find();
  void onFound();

  // kept_response_delete.cpp
  void deleteIt();
  Status prepareCall();
  void onCredential(const Result<provider::Credential>& credential);
  void send(const provider::Credential& credential);
  void onHead(const http::ResponseHead& head) override;
  void onData(std::string_view) override {}
  void onEnd() override;
  void onFailure(const http::Failure& failure) override;
  void removeHere();
  void answerDeleted();

  void answerError(const ApiError& error, ClientRetry retry = ClientRetry::Default);
  void respond(http::Response response, std::string error_class);
  void finish(int status, std::string error_class);
  int64_t microsSinceArrival() const;

  // Constant after construction.
  LoopContext& loop_;
  const http::ExchangePtr exchange_;
  const KeptVerb verb_;
  const SteadyTime arrived_;

  std::shared_ptr<KeptResponse> self_;  // while the request is under way
  Caller caller_;
  Extensions extensions_;
  std::optional<budget::RateDecision> rate_;
  model::RequestLog row_;
  std::string id_;
  ItemQuery query_;
  // Written by the keeper's threads while the loop waits for them, else the loop's.
  responses::Keeper::Found found_;
  std::string list_;

  // Of what the provider holds.
  const model::Provider* provider_ = nullptr;  // of the snapshot
  std::shared_ptr<const Target> target_;
  http::ClientRequest request_;
  std::unique_ptr<http::Call> call_;
  CallRecord record_;
  int upstream_status_ = 0;
  bool left_there_ = false;  // the provider has it still, for all we know
  bool counted_ = false;     // by enter()
  bool done_ = false;
};

// Their routes, below each base path.
std::vector<http::Route> keptResponseRoutes(const LoopContextOf& context_of);

}  // namespace penstock::proxy
