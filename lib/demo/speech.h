#pragma once

#include "http/exchange.h"

namespace penstock::demo {

// POST /v1/audio/speech: a tone for every byte of the input, as a WAV file or raw samples ("pcm"),
// in pieces; as events where `stream_format` is "sse".
void answerSpeech(const http::ExchangePtr& exchange);

}  // namespace penstock::demo
