#pragma once

#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "http/exchange.h"

namespace penstock::demo {

inline constexpr std::string_view kChatModel = "demo-chat";
inline constexpr std::string_view kEmbeddingModel = "demo-embedding";
inline constexpr std::string_view kImageModel = "demo-image";
inline constexpr std::string_view kSpeechModel = "demo-speech";
inline constexpr std::string_view kTranscribeModel = "demo-transcribe";
inline constexpr std::string_view kModerationModel = "demo-moderation";

// The models, without faults: any of them may be followed by ":" and faults.
std::span<const std::string_view> demoModels();

// Whether `base` is the model that serves this endpoint; the error names the one that does.
Status checkModel(std::string_view base, std::string_view served);

// GET /v1/models and /v1/models/{id}; an id with faults is found if the faults are.
void answerModelList(const http::ExchangePtr& exchange);
void answerModel(const http::ExchangePtr& exchange);

}  // namespace penstock::demo
