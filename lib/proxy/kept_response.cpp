#include "proxy/kept_response.h"

#include <algorithm>
#include <utility>

#include "base/id.h"
#include "base/text.h"
#include "dialect/responses_items.h"
#include "json/writer.h"
#include "proxy/off_loop.h"
#include "proxy/surface.h"

namespace penstock::proxy {
namespace {

constexpr uint64_t kMostOfPage = 100;
constexpr dialect::Dialect kDialect = dialect::Dialect::Responses;

const char* nameOf(KeptVerb verb) {
  switch (verb) {
    case KeptVerb::Show: return "responses.retrieve";
    case KeptVerb::Delete: return "responses.delete";
    case KeptVerb::InputItems: return "responses.input_items";
    case KeptVerb::Cancel: return "responses.cancel";
  }
  return "";
}

ApiError missing(const std::string& id) {
  return {ErrorKind::NotFound, "not_found", "Response with id '" + id + "' not found.", "id"};
}

}  // namespace

Result<ItemQuery> readItemQuery(const http::Request& request) {
  ItemQuery query;
  query.after = request.queryParam("after");
  const std::string order = request.queryParam("order");
  if (!order.empty() && order != "asc" && order != "desc")
    return invalidRequest("invalid_value", "order must be asc or desc", "order");
  query.oldest_first = order == "asc";
  const std::string limit = request.queryParam("limit");
  if (limit.empty()) return query;
  const auto number = parseUnsigned(limit);
  if (!number || *number == 0 || *number > kMostOfPage)
    return invalidRequest("invalid_value", "limit must be a number from 1 to 100", "limit");
  query.limit = static_cast<size_t>(*number);
  return query;
}

Result<std::string> renderItemList(const model::StoredResponse& response, const ItemQuery& query) {
  auto items = dialect::listedItems(response.input, response.id);
  if (!query.oldest_first) std::ranges::reverse(items);
  auto first = items.begin();
  if (!query.after.empty()) {
    first = std::ranges::find(items, query.after, &dialect::ResponsesItem::id);
    if (first == items.end())
      return ApiError{ErrorKind::NotFound, "not_found",
                      "Item with id '" + query.after + "' not found.", "after"};
    ++first;
  }
  const auto left = static_cast<size_t>(items.end() - first);
  const auto last = first + static_cast<std::ptrdiff_t>(std::min(left, query.limit));
  std::string text;
  json::Writer out(text);
  out.beginObject().field("object", "list").key("data").beginArray();
  for (auto item = first; item != last; ++item) out.raw(item->json);
  out.endArray();
  const auto id_at = [&](auto item) {
    return first == last ? std::nullopt : std::optional(item->id);
  };
  out.field("first_id", id_at(first)).field("last_id", id_at(first == last ? first : last - 1));
  out.field("has_more", left > query.limit).endObject();
  return text;
}

KeptResponse::KeptResponse(LoopContext& loop, http::ExchangePtr exchange, KeptVerb verb)
    : loop_(loop),
      exchange_(std::move(exchange)),
      verb_(verb),
      arrived_(exchange_->request().received) {
  row_.created_at = loop_.shared.clock.now();
  row_.request_id = newTimeUuid(row_.created_at);
  row_.endpoint = nameOf(verb_);
}

KeptResponse::~KeptResponse() {
  // Reached unfinished only when the gateway stops with the request under way.
  if (!done_) finish(503, "gateway_stopped");
}

void KeptResponse::run() {
  self_ = shared_from_this();
  exchange_->onGone([this] {
    const auto keep = shared_from_this();
    finish(499, "client_closed_request");
  });
  for (auto step : {&KeptResponse::authenticate, &KeptResponse::admit, &KeptResponse::check}) {
    if (const Status ok = (this->*step)(); !ok) return answerError(ok.error());
  }
  id_ = exchange_->request().param("id");
  if (loop_.shared.responses == nullptr || !dialect::isResponseId(id_))
    return answerError(missing(id_));
  work([this] { return find(); }, &KeptResponse::onFound);
}

Status KeptResponse::authenticate() {
  const http::Request& request = exchange_->request();
  auto caller = identify(loop_.snapshot(), row_.created_at, request);
  if (!caller) return std::move(caller).error();
  caller_ = *std::move(caller);
  if (Status known = introduce(loop_, request, caller_, extensions_, row_); !known) return known;
  row_.end_user = extensions_.end_user;
  row_.conversation_id = extensions_.conversation_id;
  row_.tags = extensions_.tags;
  return Unit{};
}

Status KeptResponse::admit() {
  if (Status entered = enter(loop_.shared); !entered) return entered;
  counted_ = true;
  return takeRate(loop_, *caller_.key, rate_.emplace());
}

Status KeptResponse::check() {
  const http::Request& request = exchange_->request();
  if (verb_ == KeptVerb::Show && request.queryParam("stream") == "true")
    return invalidRequest("unsupported_parameter",
                          "only responses that are made in the background can be streamed again, "
                          "and there are none here",
                          "stream");
  if (verb_ != KeptVerb::InputItems) return Unit{};
  auto query = readItemQuery(request);
  if (!query) return std::move(query).error();
  query_ = *std::move(query);
  return Unit{};
}

// Runs it where it may block, then goes on here.
void KeptResponse::work(std::function<Status()> task, void (KeptResponse::*then)()) {
  const auto go_on = [then](KeptResponse& self, const Status& status) {
    if (self.done_) return;
    if (!status) return self.answerError(status.error());
    (self.*then)();
  };
  if (offLoop(*loop_.shared.responses, loop_.loop, shared_from_this(), std::move(task), go_on))
    return;
  answerError(tooMuchWaits("too many responses are being looked up"));
}

Status KeptResponse::find() {
  found_ = loop_.shared.responses->find(caller_.project->id, id_);
  if (found_ == nullptr) return missing(id_);
  if (verb_ != KeptVerb::InputItems) return Unit{};
  auto list = renderItemList(*found_, query_);
  if (!list) return std::move(list).error();
  list_ = *std::move(list);
  return Unit{};
}

void KeptResponse::onFound() {
  http::Response response;
  switch (verb_) {
    case KeptVerb::Show: response.body = found_->object; break;
    case KeptVerb::InputItems: response.body = std::move(list_); break;
    case KeptVerb::Delete: return deleteIt();
    case KeptVerb::Cancel:
      return answerError(
          invalidRequest("response_not_in_background", "Cannot cancel a synchronous response."));
  }
  respond(std::move(response), {});
}

void KeptResponse::answerError(const ApiError& error, ClientRetry retry) {
  if (!error.detail.empty()) {
    loop_.shared.log.error("request_failed",
                           {{"request_id", row_.request_id}, {"detail", error.detail}});
  }
  respond(errorResponse(kDialect, error, row_.request_id, retry), error.code);
}

void KeptResponse::respond(http::Response response, std::string error_class) {
  const auto keep = weak_from_this().lock();
  addAnswerHeaders(response.headers, row_, rate_ ? &*rate_ : nullptr);
  finish(response.status, std::move(error_class));
  exchange_->respond(response);
}

// The one way out. It comes before the answer's last byte, so that whoever has the whole answer
// finds the request in the log.
void KeptResponse::finish(int status, std::string error_class) {
  if (std::exchange(done_, true)) return;
  record_.end("cancelled", row_);
  call_.reset();
  row_.status = status;
  row_.error_class = std::move(error_class);
  row_.latency_us = microsSinceArrival();
  loop_.metrics.count(row_);
  if (counted_) leave(loop_.shared);
  exchange_->onGone(nullptr);
  if (caller_.key != nullptr) {  // a stranger's request is counted, not logged
    if (loop_.shared.telemetry != nullptr) loop_.shared.telemetry->record(row_);
    loop_.shared.recorder.record(std::move(row_));
  }
  // We may stand inside a callback of the call or of the exchange: both go after the batch.
  if (self_) loop_.loop.destroyLater(std::move(self_));
}

int64_t KeptResponse::microsSinceArrival() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               arrived_)
      .count();
}

std::vector<http::Route> keptResponseRoutes(const LoopContextOf& context_of) {
  struct Row {
    const char* method;
    const char* path;
    KeptVerb verb;
  };
  constexpr Row kRows[] = {
      {"GET", "/responses/{id}", KeptVerb::Show},
      {"DELETE", "/responses/{id}", KeptVerb::Delete},
      {"GET", "/responses/{id}/input_items", KeptVerb::InputItems},
      {"POST", "/responses/{id}/cancel", KeptVerb::Cancel},
  };
  std::vector<http::Route> routes;
  for (const std::string base : {"/v1", "/openai/v1"}) {
    for (const Row& row : kRows) {
      routes.push_back(
          {row.method, base + row.path,
           [context_of, verb = row.verb](const http::ExchangePtr& exchange) {
             std::make_shared<KeptResponse>(context_of(exchange->loop()), exchange, verb)->run();
           }});
    }
  }
  return routes;
}

}  // namespace penstock::proxy
