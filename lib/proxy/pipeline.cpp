#include "proxy/pipeline.h"

#include "auth/access.h"
#include "base/id.h"
#include "proxy/cascade.h"
#include "proxy/chat_traits.h"
#include "proxy/ensemble.h"
#include "proxy/live_environment.h"
#include "proxy/surface.h"
#include "routing/narrow.h"

namespace penstock::proxy {
namespace {

// The first that is not empty: what comes earlier has precedence (spec/modelux.md 13.2).
std::string firstOf(std::string header, std::string extension, std::string native = {}) {
  if (!header.empty()) return header;
  return extension.empty() ? std::move(native) : std::move(extension);
}

dialect::OnLoss onLoss(const model::Project& project) {
  return project.settings.unsupported_parameters == model::UnsupportedParameters::Refuse
             ? dialect::OnLoss::Refuse
             : dialect::OnLoss::Drop;
}

}  // namespace

Pipeline::Pipeline(LoopContext& loop, http::ExchangePtr exchange, Endpoint endpoint,
                   dialect::Dialect dialect, Caller known)
    : loop_(loop),
      exchange_(std::move(exchange)),
      endpoint_(endpoint),
      dialect_(dialect),
      arrived_(exchange_->request().received),
      known_(known.key != nullptr),
      caller_(std::move(known)) {
  row_.created_at = loop_.shared.clock.now();
  row_.request_id = newTimeUuid(row_.created_at);
  row_.endpoint = endpointName(endpoint_, dialect_);
}

Pipeline::~Pipeline() {
  // Reached unfinished only when the gateway stops with the request under way.
  if (!done_) finish(503, "gateway_stopped");
}

void Pipeline::run() {
  if (const Status known = authenticate(); !known) return answerFailure(known.error());
  if (exchange_->arriving()) return awaitBody();
  begin();
}

void Pipeline::begin() {
  for (auto step : {&Pipeline::parse, &Pipeline::admit}) {
    if (const Status ok = (this->*step)(); !ok) return answerFailure(ok.error());
  }
  fetchFiles();
}

void Pipeline::proceed() {
  if (const Status ok = decide(request_->model); !ok) return answerFailure(ok.error());
  openScope();
  // The caller named that config, wherever a budget may send the request.
  if (endpoint_ == Endpoint::Embeddings && decision().config != nullptr)
    scope_->dimensions = decision().config->head.embedding_dimensions;
  if (extensions_.dry_run || endpoint_ == Endpoint::ChatDryRun) return answerDryRun();
  if (decision().shape == routing::Shape::Refused) return answerRuledOut();
  if (endpoint_ == Endpoint::CountTokens) return countTokens();
  if (serveKept()) return;
  live();
  serve();
}

// From now on we are waited for, or wait ourselves.
void Pipeline::live() {
  if (self_) return;
  self_ = shared_from_this();
  exchange_->onGone([this] { onClientGone(); });
}

Status Pipeline::authenticate() {
  if (!known_) {
    auto caller = identify(loop_.snapshot(), row_.created_at, exchange_->request());
    if (!caller) return std::move(caller).error();
    caller_ = *std::move(caller);
  }
  return introduce(loop_, exchange_->request(), caller_, extensions_, row_);
}

dialect::GeminiFraming Pipeline::framing() const {
  const bool sse = exchange_->request().queryParam("alt") == "sse";
  return sse ? dialect::GeminiFraming::Sse : dialect::GeminiFraming::Array;
}

void Pipeline::openScope() {
  const http::HeaderList& headers = exchange_->request().headers;
  scope_.emplace(RequestScope{.loop = loop_,
                              .caller = caller_,
                              .extensions = extensions_,
                              .request = *request_,
                              .typed = *typed_,
                              .dialect = dialect_,
                              .answer_dialect = dialect_,
                              .anthropic_version = headers.get("anthropic-version"),
                              .anthropic_beta = headers.get("anthropic-beta"),
                              .framing = framing(),
                              .responses_echo = responses_echo_,
                              .row = row_,
                              .endpoint = endpoint_,
                              .media = media(),
                              .reply = Reply::Stream,
                              .arrived = arrived_,
                              .calls = calls_,
                              .spendings = spendings_,
                              .on_loss = onLoss(*caller_.project),
                              .state = state_ ? &*state_ : nullptr});
  if (request_->trace) {
    scope_->trace = [this](const Attempt& serving) { return traceJson(&serving); };
  }
  if (!guardsAnswers() || !wantsStream()) return;
  // Of several choices the typed model, in whose events streams are checked, knows the first only.
  if (guarding_->checksStreams() && request_->choices == 1) {
    scope_->filter = [this] { return guarding_->makeFilter(); };
    return;
  }
  // Nothing of it leaves before all of it is checked.
  scope_->reply = Reply::Whole;
  scope_->answer_dialect = dialect::Dialect::OpenAi;
}

Status Pipeline::parse() {
  if (Status parsed = parseBody(); !parsed) return parsed;
  return describe();
}

// What the log tells of the request.
Status Pipeline::describe() {
  row_.requested_model = request_->model.substr(0, 256);
  row_.stream = request_->stream;
  row_.end_user = firstOf(extensions_.end_user, request_->end_user, request_->user);
  row_.trace_id = firstOf(extensions_.trace_id, request_->trace_id);
  row_.conversation_id = firstOf(extensions_.conversation_id, request_->conversation_id);
  row_.tags = std::move(request_->tags);
  for (const auto& [name, value] : extensions_.tags) setTag(row_.tags, name, value);
  if (known_ && request_->stream)
    return invalidRequest("stream_not_supported", "requests of a batch do not stream", "stream");
  return Unit{};
}

Status Pipeline::parseBody() {
  if (const auto kind = mediaKindOf(endpoint_)) return parseMediaBody(*kind);
  auto parsed = parseRequest(dialect_, endpoint_, exchange_->request(), body());
  if (!parsed) return std::move(parsed).error();
  request_ = *std::move(parsed);
  typed_.emplace(dialect_, body(), request_->stream);
  return dialect_ == dialect::Dialect::Responses ? parseState() : Unit{};
}

Status Pipeline::admit() {
  // Shedding comes first: a refusal of ours must not eat the caller's allowance.
  if (Status entered = enter(loop_.shared); !entered) return entered;
  counted_ = true;
  return takeRate(loop_, *caller_.key, rate_.emplace());
}

Status Pipeline::decide(std::string_view model) {
  if (decisions_.empty()) {
    if (Status allowed = auth::checkModel(*caller_.key, request_->model); !allowed) return allowed;
  }
  const bool own_key = !extensions_.provider_key.empty();
  LiveEnvironment environment(
      loop_, caller_, row_.created_at,
      own_key ? LiveEnvironment::Standing::Unknown : LiveEnvironment::Standing::OfOurs);
  const ChatTraits traits(loop_, caller_, *request_, row_, environment);
  const bool shown = request_->trace || extensions_.dry_run || endpoint_ == Endpoint::ChatDryRun;
  auto decision = routing::decide({*caller_.snapshot, *caller_.project, model, traits, environment,
                                   shown ? routing::Detail::Explained : routing::Detail::Brief});
  if (!decision) return std::move(decision).error();
  if (Status fits = fitOwnKey(*decision); !fits) return fits;
  if (files_)
    if (Status there = files_->restrict(*decision); !there) return there;
  decisions_.push_back(std::make_unique<const routing::Decision>(*std::move(decision)));
  const routing::Decision& made = *decisions_.back();
  row_.resolved = routing::resolvedName(made.resolved);
  row_.ab_variant = made.ab_variant;
  if (made.config != nullptr) {
    // Calls of an earlier decision go on pointing to its id.
    if (!row_.routing_config_id.empty())
      past_config_ids_.push_back(std::move(row_.routing_config_id));
    row_.routing_config_id = made.config->head.id;
    row_.routing_config_version = made.config->head.version;
  }
  if (guarding_) return guarding_->checkTargets(made);
  return Unit{};
}

// The caller's own key goes to whom it was meant for, the provider of the first target, and to
// nobody else: not on a fallback, nor where a budget sends the request.
Status Pipeline::fitOwnKey(routing::Decision& decision) {
  if (extensions_.provider_key.empty() || decision.first() == nullptr) return Unit{};
  if (own_key_for_ == nullptr) own_key_for_ = decision.first()->provider;
  const bool left = routing::narrow(decision, [this](const model::Provider& provider) {
    const bool fits =
        provider.vendor == own_key_for_->vendor && provider.base_url == own_key_for_->base_url;
    return fits ? std::string() : "the caller's own key is for '" + own_key_for_->name + "'";
  });
  if (left) return Unit{};
  return invalidRequest("provider_key_elsewhere",
                        "no target is at the provider that the caller's own key is for",
                        "X-Modelux-Provider-Key");
}

// From the cache, where the config has answers kept and this one is there. What costs nothing is
// given whatever budgets say.
bool Pipeline::serveKept() {
  cache::ResponseCache* cache = loop_.shared.cache;
  if (cache == nullptr || decision().config == nullptr || !decision().config->cache) return false;
  if (dialect_ != dialect::Dialect::OpenAi) return false;  // answers are kept in OpenAI's
  if (guardsAnswers()) return false;                       // and as the provider gave them
  if (media() != nullptr) return false;                    // of chats and embeddings only
  cache_use_ = cacheUseOf(caller_, extensions_, *request_, row_, decision());
  if (!cache_use_) return false;
  const auto kept = cache_use_->look_up ? cache->find(cache_use_->key) : nullptr;
  if (kept != nullptr) {
    answerKept(*kept);
    return true;
  }
  if (wantsStream()) scope_->stitch_bytes = cache->maxEntryBytes();
  return false;
}

void Pipeline::serve() {
  const budget::Standing* downgraded_by = spending().enforced();
  served_ = nullptr;
  gathering_ = nullptr;
  Gathering::Listener& listener = *this;
  if (decision().shape == routing::Shape::Chain) {
    chains_.push_back(std::make_unique<Chain>(*scope_, decision().line, listener));
    return chains_.back()->start(downgraded_by);
  }
  if (Status gatherable = checkGatherable(); !gatherable) return answerFailure(gatherable.error());
  if (decision().shape == routing::Shape::Ensemble) {
    gatherings_.push_back(std::make_unique<Ensemble>(*scope_, decision(), chains_, listener));
  } else {
    gatherings_.push_back(std::make_unique<Cascade>(*scope_, decision(), chains_, listener));
  }
  gathering_ = gatherings_.back().get();
  gathering_->start(downgraded_by);
}

void Pipeline::cancelChains() {
  for (const auto& chain : chains_) chain->cancel();
}

// What one answer can be made of: of several choices a reply has, nothing says which belong
// together.
Status Pipeline::checkGatherable() const {
  if (endpoint_ != Endpoint::Chat) {
    return invalidRequest("policy_not_supported", "ensembles and cascades serve chats only",
                          "model");
  }
  if (request_->choices == 1) return Unit{};
  return invalidRequest("policy_not_supported",
                        "ensembles and cascades make one reply: n must be 1", "n");
}

// A budget is used up that sends its requests elsewhere from then on. Where that does not lead
// anywhere, it blocks: a cap that a typing error lifts is none. So it does for what is no chat:
// vectors, pictures and sound of another model are no cheaper version of the same.
void Pipeline::onChainDowngraded(Chain& chain) {
  const auto keep = weak_from_this().lock();
  served_ = chain.winner();
  if (endpoint_ != Endpoint::Chat) return answerBudgetRefusal();
  cache_use_.reset();  // the answer will not be the config's
  const model::Budget& budget = *spending().enforced()->budget;
  const Status decided = decide(budget.downgrade_to);
  if (!decided) {
    loop_.shared.log.warn("budget_downgrade_failed", {{"budget", budget.id},
                                                      {"downgrade_to", budget.downgrade_to},
                                                      {"reason", decided.error().message}});
  }
  if (!decided || decision().shape == routing::Shape::Refused) return answerBudgetRefusal();
  serve();
}

void Pipeline::onClientGone() {
  const auto keep = shared_from_this();
  finish(499, "client_closed_request");  // the providers stop generating now
}

// The attempt that serves the request, or was the last to try.
const Attempt* Pipeline::served() const {
  if (served_ != nullptr) return served_;
  for (auto chain = chains_.rbegin(); chain != chains_.rend(); ++chain) {
    if (const Attempt* winner = std::as_const(**chain).winner()) return winner;
  }
  return nullptr;
}

const Spending& Pipeline::spending() const {
  static const Spending kNone;
  if (rehearsal_) return rehearsal_->spending();
  const Attempt* attempt = served();
  return attempt == nullptr ? kNone : attempt->spending();
}

int64_t Pipeline::microsSinceArrival() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               arrived_)
      .count();
}

}  // namespace penstock::proxy
