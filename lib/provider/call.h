#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/client.h"
#include "model/dialect.h"
#include "model/provider.h"
#include "provider/endpoint.h"

// The head of a call to a provider. For a request:
//
//   auto endpoint = provider::endpointOf(provider);               // once a provider
//   auto call = provider::prepare(provider, *endpoint, {Action::Chat, true}, model);
//   …encode the body in call->dialect, as call->body says…
//   provider::authorize(provider, *endpoint, credential, now, request);
namespace penstock::provider {

enum class Action : uint8_t {
  Chat,
  Responses,
  Embeddings,
  EmbedContent,  // one embedding, where that has an endpoint of its own; else the same
  CountTokens,
  ListModels,
  // OpenAI's alone, and of those who speak its dialect.
  Moderations,
  ImageGenerations,
  ImageEdits,
  ImageVariations,
  Speech,
  Transcriptions,
  Translations,
};

// "audio/speech", below the base URL; empty for what is no media action.
std::string_view mediaPath(Action action);

struct Operation {
  Action action = Action::Chat;
  bool stream = false;
  // What a caller in Anthropic's dialect sent; empty: the provider's own version, no betas.
  std::string_view anthropic_version = {};
  std::string_view anthropic_beta = {};  // comma-separated
};

// What the dialect's body is to hold otherwise than usual, since the URL says it or cannot.
struct BodyNeeds {
  std::string model;                   // as the provider calls it; empty: no `model` in the body
  bool stream = true;                  // `stream` is said in the body
  std::string_view anthropic_version;  // `anthropic_version`, where not empty
  std::vector<std::string> betas;      // `anthropic_beta`
};

// Everything of a call but its body and what authenticates it.
struct UpstreamCall {
  http::Origin origin;
  std::string method = "POST";
  std::string path;       // with query
  http::Headers headers;  // of the dialect; Content-Type, Accept and the like are the caller's
  model::Dialect dialect = model::Dialect::OpenAi;
  BodyNeeds body;
  std::vector<std::string> dropped_betas;  // which the provider is not known to take
};

// The dialect in which the provider's model is asked: its vendor's, but Claude in Anthropic's and
// open models in OpenAI's at vertex.
model::Dialect dialectOf(const model::Vendor& vendor, std::string_view model);

// Pure. `endpoint` is the provider's. Unprocessable/"unsupported_operation" for what the vendor has
// no endpoint for, InvalidRequest/"invalid_model" for a model name that no path can hold.
Result<UpstreamCall> prepare(const model::Provider& provider, const Endpoint& endpoint,
                             const Operation& operation, std::string_view model);

}  // namespace penstock::provider
