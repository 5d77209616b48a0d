#pragma once

#include <cstdint>
#include <string_view>

#include "dialect/chat_view.h"
#include "pricing/ceiling.h"
#include "pricing/quote.h"

namespace penstock::bound {

enum class Output : uint8_t { Chat, None };  // embeddings have none

struct Asked {
  const dialect::ChatView& request;
  std::string_view model;                // as the provider calls it
  std::string_view seller;               // PriceCatalogue::providerOf(): "openai"; may be empty
  std::string_view anthropic_beta = {};  // the header of Anthropic's callers
  Output output = Output::Chat;
};

// The most that the request can use of the model, at a quote that has a price. The model's window
// bounds the input unless Anthropic is asked for more of it (context-1m), and what the model can
// write bounds the output, however much the caller allows. Where a request lets the model search it
// is taken to do so 30 times, 100 for the models of deep research; once where Google bills a prompt
// once, and for OpenAI's models that search once for every request.
//
// The multiplier is left at 1: it depends on who serves the request, and how.
pricing::RequestBound boundOf(const Asked& asked, const pricing::Quote& quote);

// The most that the model can write for it, all choices together.
int64_t mostOutput(const dialect::ChatView& request, const pricing::Quote& quote);

}  // namespace penstock::bound
