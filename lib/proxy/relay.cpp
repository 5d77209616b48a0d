#include "proxy/relay.h"

#include <utility>

#include "auth/access.h"
#include "base/id.h"
#include "proxy/off_loop.h"

namespace penstock::proxy {
namespace {

using model::ObjectKind;
using model::ObjectSurface;

ApiError missing(const RelayOperation& operation, ObjectKind kind) {
  const char* what = kind == ObjectKind::File ? "file" : "batch";
  return {ErrorKind::NotFound, operation.surface == ObjectSurface::OpenAi ? "not_found" : "",
          std::string("this project has no such ") + what, "id"};
}

}  // namespace

Relay::Relay(LoopContext& loop, http::ExchangePtr exchange, RelayOperation operation)
    : loop_(loop),
      exchange_(std::move(exchange)),
      operation_(operation),
      dialect_(operation.dialect()),
      arrived_(exchange_->request().received) {
  row_.created_at = loop_.shared.clock.now();
  row_.request_id = newTimeUuid(row_.created_at);
  row_.endpoint = operation_.endpointName();
}

Relay::~Relay() {
  // Reached unfinished only when the gateway stops with the request under way.
  if (!done_) finish(503, "gateway_stopped");
}

void Relay::run() {
  self_ = shared_from_this();
  exchange_->onGone([this] { onGone(); });
  if (const Status ok = authenticate(); !ok) return answerError(ok.error());
  if (const Status ok = admit(); !ok) return answerError(ok.error());
  if (const Status ok = check(); !ok) return answerError(ok.error());
  switch (operation_.verb) {
    case RelayVerb::List: return list();
    case RelayVerb::Create: return create();
    case RelayVerb::Show:
    case RelayVerb::Content:
    case RelayVerb::Cancel:
    case RelayVerb::Delete: break;
  }
  find(operation_.kind, std::string(exchange_->request().param("id")), &Relay::onFound);
}

Status Relay::authenticate() {
  const http::Request& request = exchange_->request();
  auto caller = identify(loop_.snapshot(), row_.created_at, request);
  if (!caller) return std::move(caller).error();
  caller_ = *std::move(caller);
  if (Status known = introduce(loop_, request, caller_, extensions_, row_); !known) return known;
  row_.end_user = extensions_.end_user;
  row_.conversation_id = extensions_.conversation_id;
  row_.tags = extensions_.tags;
  return Unit{};
}

Status Relay::admit() {
  if (Status entered = enter(loop_.shared); !entered) return entered;
  counted_ = true;
  return takeRate(loop_, *caller_.key, rate_.emplace());
}

// What is not for files and batches, or not yet.
Status Relay::check() const {
  if (!extensions_.provider_key.empty()) {
    return invalidRequest("byok_not_supported",
                          "files and batches are kept in the gateway's own accounts at providers: "
                          "the caller's key would be needed again when nobody has it",
                          "X-Modelux-Provider-Key");
  }
  if (extensions_.dry_run)
    return invalidRequest("dry_run_not_supported", "files and batches have no dry run",
                          "X-Modelux-Dry-Run");
  return Unit{};
}

batch::Desk::Wanted Relay::wanted(ObjectKind kind) const {
  return {caller_.project->id, operation_.surface, kind};
}

// Runs it where it may block, then goes on here.
void Relay::work(std::function<Status()> task, void (Relay::*then)()) {
  const auto go_on = [then](Relay& self, const Status& status) {
    if (self.done_) return;
    if (!status) return self.answerError(status.error());
    (self.*then)();
  };
  if (offLoop(*loop_.shared.desk, loop_.loop, shared_from_this(), std::move(task), go_on)) return;
  answerError(tooMuchWaits("too many files and batches are being looked up"));
}

void Relay::find(ObjectKind kind, std::string id, void (Relay::*then)()) {
  work(
      [this, kind, id = std::move(id)]() -> Status {
        found_ = loop_.shared.desk->find(wanted(kind), id);
        if (!found_) return missing(operation_, kind);
        const bool deletes = operation_.verb == RelayVerb::Delete;
        if (!deletes || loop_.shared.desk->mayDelete(*found_)) return Unit{};
        ApiError error{ErrorKind::Conflict, "batch_not_settled",
                       "the batch has not ended, or what it cost is not known yet"};
        error.retry_after_ms = 1000;
        return error;
      },
      then);
}

void Relay::onFound() {
  if (found_->isHere()) return onFoundHere();
  provider_ = caller_.snapshot->findProvider(found_->provider_id);
  if (provider_ == nullptr) return answerError(missing(operation_, operation_.kind));
  call();
}

void Relay::create() {
  const bool batch = operation_.kind == ObjectKind::Batch;
  if (!batch) return createFile();
  if (operation_.surface == ObjectSurface::OpenAi) return createBatch();
  const auto place = choosePlace(caller_, operation_, exchange_->request(), Here::Executes);
  if (!place) return answerError(place.error());
  provider_ = place->provider;
  if (provider_ == nullptr) return makeMessageBatchHere();
  work(
      [this]() -> Status {
        auto plan = batch::planMessageBatch(exchange_->request().body, pricing());
        if (!plan) return std::move(plan).error();
        plan_ = *std::move(plan);
        return Unit{};
      },
      &Relay::onPlanned);
}

// Where a file belongs shows in its form.
void Relay::createFile() {
  work(
      [this]() -> Status {
        const http::Request& sent = exchange_->request();
        const bool openai = operation_.surface == ObjectSurface::OpenAi;
        const auto upload = readUpload(sent);
        if (!upload) return upload.error();
        purpose_ = upload->purpose;
        const Here here = openai ? hereFor(purpose_) : Here::Keeps;
        const auto place = choosePlace(caller_, operation_, sent, here);
        if (!place) return place.error();
        provider_ = place->provider;
        if (provider_ == nullptr) return keepFileHere(*upload);
        if (purpose_ != "batch") return Unit{};
        auto plan = batch::planLines(upload->content, pricing());
        if (!plan) return std::move(plan).error();
        plan_ = *std::move(plan);
        return Unit{};
      },
      &Relay::onUploaded);
}

void Relay::onUploaded() {
  if (provider_ == nullptr) return answerObjectHere();
  call();
}

batch::Pricing Relay::pricing() const {
  batch::Pricing pricing =
      loop_.shared.desk->pricing(*caller_.snapshot, *provider_, *caller_.project, row_.created_at);
  pricing.anthropic_beta = exchange_->request().headers.get("anthropic-beta");
  return pricing;
}

void Relay::createBatch() {
  const auto order = readBatchOrder(exchange_->request().body);
  if (!order) return answerError(order.error());
  find(ObjectKind::File, order->input_file_id, &Relay::onInputFile);
}

// The batch is made where its file is.
void Relay::onInputFile() {
  if (found_->isHere()) return makeBatchHere();
  if (caller_.snapshot->findGuard(caller_.project->id) != nullptr) {
    return answerError({ErrorKind::Forbidden, "guardrails_not_supported",
                        "the project has guardrails, which do not look into batches of its "
                        "providers: upload the file again, and it is kept and executed here",
                        "input_file_id"});
  }
  provider_ = caller_.snapshot->findProvider(found_->provider_id);
  if (provider_ == nullptr) return answerError(missing(operation_, ObjectKind::File));
  auto plan = batch::readPlan(found_->plan.empty() ? "null" : found_->plan);
  if (!plan || plan->models.empty()) {
    return answerError(invalidRequest(
        "invalid_input_file", "the file was not uploaded with the purpose batch", "input_file_id"));
  }
  plan_ = *std::move(plan);
  const auto order = readBatchOrder(exchange_->request().body);
  if (!order || order->endpoint != plan_->endpoint) {
    return answerError(invalidRequest(
        "invalid_endpoint", "the file's requests are for " + plan_->endpoint, "endpoint"));
  }
  onPlanned();
}

void Relay::onPlanned() {
  plan_->end_user = row_.end_user;
  plan_->tags = row_.tags;
  if (plan_->models.size() == 1) row_.requested_model = row_.model = plan_->models.front().model;
  if (Status allowed = checkModels(); !allowed) return answerError(allowed.error());
  spendings_.reserve(plan_->models.size());
  reserve();
}

Status Relay::checkModels() const {
  for (const batch::ModelPlan& share : plan_->models) {
    const std::string full = provider_->name + "/" + share.model;
    if (auth::allowsModel(*caller_.key, full)) continue;
    if (Status allowed = auth::checkModel(*caller_.key, share.model); !allowed) return allowed;
  }
  return Unit{};
}

// The most that the batch can cost is set aside in every budget that binds it, model by model; what
// is refused drops what was set aside before.
void Relay::reserve() {
  const auto resume = [weak = weak_from_this(), &loop = loop_.loop](const Status& ready) {
    loop.post([weak, ready] {
      const auto relay = weak.lock();
      if (!relay || relay->done_) return;
      if (!ready) return relay->answerError(ready.error());
      relay->spendings_.pop_back();
      relay->reserve();
    });
  };
  static const pricing::Price kNoPrice;  // the amounts are given as they are
  const bool budgeted = caller_.project->settings.budget_bare_models;
  while (spendings_.size() < plan_->models.size()) {
    const batch::ModelPlan& share = plan_->models[spendings_.size()];
    model_key_ = config::BudgetIndex::modelKey(share.model);
    const Spending::Ask ask{
        .budgets = caller_.snapshot->budgets(),
        .subject = {caller_.project->id,
                    caller_.key->id,
                    row_.end_user,
                    {},
                    provider_->id,
                    model_key_,
                    row_.tags},
        .budgeted = budgeted,
        .price = kNoPrice,
        .bound = {},
        .now = row_.created_at,
        .amounts = batch::amountsOf(share),
    };
    switch (spendings_.emplace_back().reserve(loop_.shared.ledger, ask, resume)) {
      case Spending::Outcome::Reserved: break;
      case Spending::Outcome::Later: return;
      case Spending::Outcome::Downgrade:  // a batch is of the models that it names
      case Spending::Outcome::Refused: return answerBudgetRefusal();
    }
  }
  call();
}

void Relay::list() {
  auto query = readListQuery(operation_, exchange_->request());
  if (!query) return answerError(query.error());
  query->wanted = wanted(operation_.kind);
  work(
      [this, query = *std::move(query)]() -> Status {
        auto listed = loop_.shared.desk->list(query);
        if (!listed) return missing(operation_, operation_.kind);
        listed_ = *std::move(listed);
        return Unit{};
      },
      &Relay::onListed);
}

void Relay::onListed() {
  http::Response response;
  response.body = renderObjectList(operation_, listed_, exchange_->request());
  respond(std::move(response), {});
}

}  // namespace penstock::proxy
