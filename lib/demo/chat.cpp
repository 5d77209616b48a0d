#include "demo/chat.h"

#include "base/id.h"
#include "demo/answer.h"
#include "demo/chat_body.h"
#include "demo/chat_request.h"
#include "demo/delivery.h"
#include "demo/models.h"
#include "demo/reply.h"
#include "json/document.h"

namespace penstock::demo {
namespace {

// Everything the answer needs; nothing in it points into the request.
struct Plan {
  ChatHead head;
  Faults faults;
  Reply reply;
  bool stream = false;
  UsageReport usage = UsageReport::None;
};

UsageReport usageReport(const ChatRequest& request) {
  const bool withheld = request.faults.usage == Faults::Usage::Withheld;
  const bool wanted = !request.stream || request.include_usage;
  return wanted && !withheld ? UsageReport::Sent : UsageReport::None;
}

Result<Plan> planAnswer(std::string_view body, const Clock& clock) {
  auto document = json::parse(body, {}, "the request body");
  if (!document) return std::move(document).error();
  auto request = readChatRequest(document->root());
  if (!request) return std::move(request).error();
  if (Status known = checkModel(request->model, kChatModel); !known) {
    return std::move(known).error();
  }
  return Plan{.head = {.id = newId("chatcmpl-", clock.now()),
                       .created = clock.now() / 1000,
                       .model = request->model},
              .faults = request->faults,
              .reply = composeReply(*request),
              .stream = request->stream,
              .usage = usageReport(*request)};
}

}  // namespace

void answerChat(const Clock& clock, const http::ExchangePtr& exchange) {
  auto plan = planAnswer(exchange->request().body, clock);
  if (!plan) return exchange->respond(errorAnswer(plan.error()));
  exchange->releaseRequest();
  if (plan->stream) {
    return deliver(exchange, plan->faults,
                   chatEvents(plan->head, std::move(plan->reply), plan->usage));
  }
  deliver(exchange, plan->faults, jsonAnswer(chatBody(plan->head, plan->reply, plan->usage)),
          plan->reply.completion_tokens);
}

http::Response wholeChat(std::string_view body, const Clock& clock) {
  const auto plan = planAnswer(body, clock);
  if (!plan) return errorAnswer(plan.error());
  if (plan->faults.status) return faultAnswer(*plan->faults.status);
  return jsonAnswer(chatBody(plan->head, plan->reply, plan->usage));
}

}  // namespace penstock::demo
