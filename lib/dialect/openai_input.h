#pragma once

#include <cstdint>

#include "dialect/openai_request.h"

namespace penstock::dialect {

// What a request can cost at most on its input side, for reservations, and what it costs in all
// likelihood, for when the provider does not say.
//
// The bound is hard for text: no token is shorter than a byte, and JSON text is at least as long as
// what it stands for, so the body's bytes bound the tokens of its messages, tools and schemas, the
// few tokens that frame each message included (its JSON is longer). 1,024 are added for what a
// provider puts before tools and answers. Attachments are bounded by what the dearest model takes:
//
//   image           50,000 tokens (gpt-4o-mini in high detail takes 48,169; others below 5,000),
//                   which stand for its bytes too where it is in the body
//   audio, inline   its bytes: a second is 10 to 32 tokens and at least 750 bytes of base64
//   file, video, audio by name, anything new       1,000,000: more than any context window
//
// so take the smaller of it and the model's context window, where that is known. Free where
// messages hold texts only; else one walk of the messages, about 0.5 µs a KB.
InputBound inputBound(const OpenAiRequest& request);

// Whether it may mark parts to be cached for an hour. Errs on the side of yes. Ask only where that
// has a price of its own.
bool mayCacheLong(const ChatView& request);

// estimate.h's rule on texts and tools, 4 a message and 3 for the reply, and for an attachment
// 5,000 or a token for 128 bytes, whichever is more.
int64_t estimateInput(const OpenAiRequest& request);

}  // namespace penstock::dialect
