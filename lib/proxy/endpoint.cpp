#include "proxy/endpoint.h"

namespace penstock::proxy {
namespace {

const char* chatName(dialect::Dialect caller) {
  switch (caller) {
    case dialect::Dialect::Anthropic: return "messages";
    case dialect::Dialect::Gemini: return "generate_content";
    case dialect::Dialect::Responses: return "responses";
    case dialect::Dialect::OpenAi:
    case dialect::Dialect::Bedrock: break;
  }
  return "chat.completions";
}

}  // namespace

const char* endpointName(Endpoint endpoint, dialect::Dialect caller) {
  switch (endpoint) {
    case Endpoint::Chat:
    case Endpoint::ChatDryRun: return chatName(caller);
    case Endpoint::CountTokens: return "count_tokens";
    case Endpoint::Embeddings: return "embeddings";
    case Endpoint::Moderations: return "moderations";
    case Endpoint::ImageGenerations: return "images.generations";
    case Endpoint::ImageEdits: return "images.edits";
    case Endpoint::ImageVariations: return "images.variations";
    case Endpoint::Speech: return "audio.speech";
    case Endpoint::Transcriptions: return "audio.transcriptions";
    case Endpoint::Translations: return "audio.translations";
  }
  return "";
}

std::optional<dialect::MediaKind> mediaKindOf(Endpoint endpoint) {
  using dialect::MediaKind;
  switch (endpoint) {
    case Endpoint::Moderations: return MediaKind::Moderation;
    case Endpoint::ImageGenerations: return MediaKind::ImageGeneration;
    case Endpoint::ImageEdits: return MediaKind::ImageEdit;
    case Endpoint::ImageVariations: return MediaKind::ImageVariation;
    case Endpoint::Speech: return MediaKind::Speech;
    case Endpoint::Transcriptions: return MediaKind::Transcription;
    case Endpoint::Translations: return MediaKind::Translation;
    case Endpoint::Chat:
    case Endpoint::ChatDryRun:
    case Endpoint::CountTokens:
    case Endpoint::Embeddings: break;
  }
  return std::nullopt;
}

provider::Action actionOf(Endpoint endpoint) {
  using provider::Action;
  switch (endpoint) {
    case Endpoint::Embeddings: return Action::Embeddings;
    case Endpoint::Moderations: return Action::Moderations;
    case Endpoint::ImageGenerations: return Action::ImageGenerations;
    case Endpoint::ImageEdits: return Action::ImageEdits;
    case Endpoint::ImageVariations: return Action::ImageVariations;
    case Endpoint::Speech: return Action::Speech;
    case Endpoint::Transcriptions: return Action::Transcriptions;
    case Endpoint::Translations: return Action::Translations;
    case Endpoint::Chat:
    case Endpoint::ChatDryRun:
    case Endpoint::CountTokens: break;
  }
  return Action::Chat;
}

}  // namespace penstock::proxy
