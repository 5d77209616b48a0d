#include "proxy/routes.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "dialect/gemini_request.h"
#include "proxy/admission.h"
#include "proxy/kept_response.h"
#include "proxy/models.h"
#include "proxy/pipeline.h"
#include "proxy/relay_routes.h"

namespace penstock::proxy {
namespace {

// The pipeline is the only way to an upstream. A test walks this table: no route goes without a
// key.
http::Handler pipelineRoute(const LoopContextOf& context_of, Endpoint endpoint,
                            dialect::Dialect dialect = dialect::Dialect::OpenAi) {
  return [context_of, endpoint, dialect](const http::ExchangePtr& exchange) {
    std::make_shared<Pipeline>(context_of(exchange->loop()), exchange, endpoint, dialect)->run();
  };
}

// What is asked of the model is the end of its name in the path.
http::Handler geminiRoute(const LoopContextOf& context_of) {
  return [context_of](const http::ExchangePtr& exchange) {
    const auto path = dialect::parseGeminiPath(exchange->request().param("id"));
    Endpoint endpoint = Endpoint::Chat;
    if (path && path->verb == dialect::GeminiVerb::CountTokens) endpoint = Endpoint::CountTokens;
    if (path && dialect::isEmbedding(path->verb)) endpoint = Endpoint::Embeddings;
    std::make_shared<Pipeline>(context_of(exchange->loop()), exchange, endpoint,
                               dialect::Dialect::Gemini)
        ->run();
  };
}

constexpr std::pair<const char*, Endpoint> kMedia[] = {
    {"/moderations", Endpoint::Moderations},
    {"/images/generations", Endpoint::ImageGenerations},
    {"/images/edits", Endpoint::ImageEdits},
    {"/images/variations", Endpoint::ImageVariations},
    {"/audio/speech", Endpoint::Speech},
    {"/audio/transcriptions", Endpoint::Transcriptions},
    {"/audio/translations", Endpoint::Translations},
};

bool isRecording(std::string_view path) {
  if (path.starts_with("/openai/")) path.remove_prefix(std::string_view("/openai").size());
  return path == "/v1/audio/transcriptions" || path == "/v1/audio/translations";
}

}  // namespace

std::vector<http::Route> proxyRoutes(const LoopContextOf& context_of) {
  std::vector<http::Route> routes;
  for (const std::string base : {"/v1", "/openai/v1"}) {
    routes.push_back(
        {"POST", base + "/chat/completions", pipelineRoute(context_of, Endpoint::Chat)});
    routes.push_back({"POST", base + "/dry-run", pipelineRoute(context_of, Endpoint::ChatDryRun)});
    routes.push_back(
        {"POST", base + "/embeddings", pipelineRoute(context_of, Endpoint::Embeddings)});
    for (const auto& [path, endpoint] : kMedia)
      routes.push_back({"POST", base + path, pipelineRoute(context_of, endpoint)});
  }
  for (const std::string base : {"/v1", "/openai/v1", "/anthropic/v1"}) {
    routes.push_back({"GET", base + "/models", [context_of](const http::ExchangePtr& exchange) {
                        listModels(context_of(exchange->loop()), *exchange);
                      }});
    routes.push_back(
        {"GET", base + "/models/{id...}", [context_of](const http::ExchangePtr& exchange) {
           showModel(context_of(exchange->loop()), *exchange);
         }});
  }
  // The second base is what Claude Code was told to use once (spec/modelux.md 12.1).
  for (const std::string base : {"/anthropic/v1", "/v1"}) {
    routes.push_back({"POST", base + "/messages",
                      pipelineRoute(context_of, Endpoint::Chat, dialect::Dialect::Anthropic)});
  }
  for (const std::string base : {"/anthropic/v1", "/v1"}) {
    routes.push_back(
        {"POST", base + "/messages/count_tokens",
         pipelineRoute(context_of, Endpoint::CountTokens, dialect::Dialect::Anthropic)});
  }
  for (const std::string base : {"/v1", "/openai/v1"}) {
    routes.push_back({"POST", base + "/responses",
                      pipelineRoute(context_of, Endpoint::Chat, dialect::Dialect::Responses)});
    routes.push_back(
        {"POST", base + "/responses/input_tokens",
         pipelineRoute(context_of, Endpoint::CountTokens, dialect::Dialect::Responses)});
  }
  // Google's clients ask for v1 or v1beta.
  for (const std::string base : {"/v1beta", "/v1", "/gemini/v1beta", "/gemini/v1"}) {
    routes.push_back({"POST", base + "/models/{id...}", geminiRoute(context_of)});
  }
  routes.push_back({"POST", "/anthropic/v1/dry-run",
                    pipelineRoute(context_of, Endpoint::ChatDryRun, dialect::Dialect::Anthropic)});
  for (http::Route& route : keptResponseRoutes(context_of)) routes.push_back(std::move(route));
  for (http::Route& route : relayRoutes(context_of)) routes.push_back(std::move(route));
  return routes;
}

std::optional<ApiError> admitBody(const Context& context, const http::Request& request) {
  const auto caller = identify(context.config.get(), context.clock.now(), request);
  if (!caller) return caller.error();
  if (const Status allowed = checkPeer(*caller, request); !allowed) return allowed.error();
  return std::nullopt;
}

http::BodyRule bodyRule(const Context& context, const http::Request& request) {
  const auto ends_in = [&request](std::initializer_list<std::string_view> ends) {
    return std::ranges::any_of(
        ends, [&request](std::string_view end) { return request.path.ends_with(end); });
  };
  const ProxyOptions& options = context.options;
  if (ends_in({"/files", "/messages/batches"}))
    return {.most = std::max(options.max_file_bytes, options.max_body_bytes), .spooled = true};
  const bool recording = isRecording(request.path);
  const bool form = recording || ends_in({"/images/edits", "/images/variations"});
  return {.most = options.max_body_bytes, .spooled = form, .streamed = recording};
}

}  // namespace penstock::proxy
