#include "proxy/models.h"

#include <algorithm>

#include "auth/access.h"
#include "base/id.h"
#include "dialect/anthropic_synthetic.h"
#include "model/request_log.h"
#include "model/vendor.h"
#include "proxy/admission.h"
#include "proxy/surface.h"

namespace penstock::proxy {
namespace {

std::vector<dialect::ModelEntry> modelsFor(const Caller& caller) {
  const config::Snapshot& snapshot = *caller.snapshot;
  std::vector<dialect::ModelEntry> models;
  for (const config::RoutingConfig& config : snapshot.routingConfigs()) {
    if (config.head.project_id != caller.project->id) continue;
    models.push_back({"@" + config.head.slug, config.head.created_at / 1000, "modelux"});
  }
  for (const model::Provider& provider : snapshot.providers()) {
    std::vector<std::string> names;
    if (const model::Vendor* vendor = model::findVendor(provider.vendor)) {
      names.assign(vendor->models.begin(), vendor->models.end());
    }
    if (!provider.default_model.empty()) names.push_back(provider.default_model);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const std::string& name : names) {
      models.push_back({provider.name + "/" + name, provider.created_at / 1000, provider.vendor});
    }
  }
  std::erase_if(models, [&](const dialect::ModelEntry& entry) {
    return !auth::allowsModel(*caller.key, entry.id);
  });
  return models;
}

struct Admitted {
  Caller caller;
  budget::RateDecision rate;
};
Result<Admitted> admit(LoopContext& loop, const http::Request& request) {
  auto caller = identify(loop.snapshot(), loop.shared.clock.now(), request);
  if (!caller) return std::move(caller).error();
  if (Status allowed = checkPeer(*caller, request); !allowed) return std::move(allowed).error();
  Admitted admitted{*std::move(caller), {}};
  if (Status fits = takeRate(loop, *admitted.caller.key, admitted.rate); !fits)
    return std::move(fits).error();
  return admitted;
}

// Claude Code asks for OpenAI's path too, with Anthropic's header.
dialect::Dialect dialectOf(const http::Request& request) {
  const bool versioned = !request.headers.get("anthropic-version").empty();
  return versioned ? dialect::Dialect::Anthropic : dialectOfPath(request.path);
}

struct Answering {
  http::Exchange& exchange;
  const budget::RateDecision* rate = nullptr;
  std::string request_id = newUuid();
  dialect::Dialect caller = dialectOf(exchange.request());

  void send(http::Response response, UnixMillis now) const {
    model::RequestLog row;
    row.request_id = request_id;
    addAnswerHeaders(response.headers, row, rate);
    addDialectHeaders(caller, response.headers, row, rate, now);
    exchange.respond(response);
  }
  void send(const ApiError& error, UnixMillis now) const {
    send(errorResponse(caller, error, request_id), now);
  }
};

}  // namespace

void listModels(LoopContext& loop, http::Exchange& exchange) {
  Answering reply{exchange};
  const UnixMillis now = loop.shared.clock.now();
  const auto admitted = admit(loop, exchange.request());
  if (!admitted) return reply.send(admitted.error(), now);
  reply.rate = &admitted->rate;
  http::Response response;
  const auto models = modelsFor(admitted->caller);
  response.body = reply.caller == dialect::Dialect::Anthropic
                      ? dialect::renderAnthropicModelList(models)
                      : dialect::renderModelList(models);
  reply.send(std::move(response), now);
}

void showModel(LoopContext& loop, http::Exchange& exchange) {
  Answering reply{exchange};
  const UnixMillis now = loop.shared.clock.now();
  const auto admitted = admit(loop, exchange.request());
  if (!admitted) return reply.send(admitted.error(), now);
  reply.rate = &admitted->rate;
  const std::string_view id = exchange.request().param("id");
  for (const auto& entry : modelsFor(admitted->caller)) {
    if (entry.id != id) continue;
    http::Response response;
    response.body = reply.caller == dialect::Dialect::Anthropic
                        ? dialect::renderAnthropicModel(entry)
                        : dialect::renderModel(entry);
    return reply.send(std::move(response), now);
  }
  const ApiError missing{ErrorKind::NotFound, "model_not_found",
                         "model '" + std::string(id.substr(0, 128)) + "' not found", "model"};
  reply.send(missing, now);
}

}  // namespace penstock::proxy
