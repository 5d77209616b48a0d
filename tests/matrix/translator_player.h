#pragma once

#include <doctest/doctest.h>

#include <string>

#include "dialect/translate.h"
#include "matrix/exchange.h"

namespace penstock::test::matrix {

// Plays cells that the proxy has no use for (it asks in the Responses API only on behalf of callers
// of it) at the seam that it would have them by: readChat(), writeChat(), translate….
class TranslatorPlayer {
 public:
  static Exchange play(const Cell& cell) {
    Exchange played{.status = 200, .type = cell.stream ? "text/event-stream" : "application/json"};
    auto request = dialect::readChat(cell.surface->dialect, requestOf(cell, "served"));
    if (!request) return refused(cell, request.error());
    // Google's callers say it in the URL.
    request->stream = cell.stream;
    dialect::Losses losses(cell.surface->dialect);
    const auto written =
        dialect::writeChat(*request, dialect::responsesTargetOf(cell.model()), losses);
    if (!written) return refused(cell, written.error());
    if (const auto error = losses.error()) return refused(cell, *error);
    played.asked = true;
    played.target = "POST /v1/responses";
    played.sent = written->body;
    answer(cell, written->context, losses, played);
    played.dropped = losses.header();
    return played;
  }

 private:
  static Exchange refused(const Cell& cell, const ApiError& error) {
    return {.status = httpStatus(error.kind),
            .type = "application/json",
            .answer = dialect::renderError(cell.surface->dialect, error, "REQUEST")};
  }

  static void answer(const Cell& cell, const dialect::AnswerContext& context,
                     dialect::Losses& losses, Exchange& played) {
    const Recorded recorded = recordedOf(cell);
    const dialect::AnswerOptions options{.id = "REQUEST",
                                         .model = cell.model(),
                                         .created = 1'764'000'000,
                                         .usage = dialect::UsageChunk::Send,
                                         .input_estimate = 33,
                                         .context = context};
    if (recorded.status != 200) {
      played.status = recorded.status;
      played.answer = dialect::translateError(Dialect::Responses, cell.surface->dialect,
                                              recorded.body, recorded.status, "REQUEST");
    } else if (cell.stream) {
      const auto stream =
          dialect::translateStream(Dialect::Responses, cell.surface->dialect, options);
      stream->feed(recorded.body, played.answer);
      stream->finish(played.answer);
    } else {
      const auto told = dialect::translateAnswer(Dialect::Responses, cell.surface->dialect,
                                                 recorded.body, options, losses);
      REQUIRE_MESSAGE(told, cell.name());
      played.answer = *told;
    }
  }
};

}  // namespace penstock::test::matrix
