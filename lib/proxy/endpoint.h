#pragma once

#include <cstdint>
#include <optional>

#include "dialect/dialect.h"
#include "dialect/openai_media.h"
#include "provider/call.h"

namespace penstock::proxy {

// The endpoint families that go through the pipeline.
enum class Endpoint : uint8_t {
  Chat,
  ChatDryRun,
  CountTokens,
  Embeddings,
  // Of media, in OpenAI's dialect only.
  Moderations,
  ImageGenerations,
  ImageEdits,
  ImageVariations,
  Speech,
  Transcriptions,
  Translations,
};

// As logs and metrics name it: "audio.speech".
const char* endpointName(Endpoint endpoint, dialect::Dialect caller);

// Which media it is of; nothing for the others.
std::optional<dialect::MediaKind> mediaKindOf(Endpoint endpoint);

// What a provider is asked to do.
provider::Action actionOf(Endpoint endpoint);

}  // namespace penstock::proxy
