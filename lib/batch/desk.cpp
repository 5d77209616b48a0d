#include "batch/desk.h"

#include <algorithm>

#include "batch/asking.h"

namespace penstock::batch {
namespace {

constexpr size_t kThreads = 4;
constexpr size_t kQueue = 1'024;

store::ObjectFilter filterOf(const Desk::Wanted& wanted) {
  return {wanted.project_id, wanted.surface, wanted.kind};
}

}  // namespace

Desk::Desk(Services services, Watch::Options options)
    : services_(services), watch_(services_, holds_, options), workers_(kThreads, kQueue) {}

Desk::~Desk() = default;

std::optional<model::RelayedObject> Desk::find(const Wanted& wanted, std::string_view id) {
  if (!isObjectId(id)) return std::nullopt;
  return services_.store.read(
      [&](store::Tables& tables) { return tables.relayed_objects.find(filterOf(wanted), id); });
}

std::optional<model::RelayedObject> Desk::findFile(std::string_view project_id,
                                                   std::string_view id) {
  if (!isObjectId(id)) return std::nullopt;
  return services_.store.read(
      [&](store::Tables& tables) { return tables.relayed_objects.findFile(project_id, id); });
}

Result<Desk::Listed> Desk::list(const Query& query) {
  using Order = store::RelayedObjectTable::Order;
  store::ObjectFilter filter = filterOf(query.wanted);
  filter.purpose = query.purpose;
  const std::string& from = query.before.empty() ? query.after : query.before;
  // What comes before is read away from where it is to end, and turned round.
  const bool backwards = !query.before.empty();
  const Order order = query.oldest_first != backwards ? Order::OldestFirst : Order::NewestFirst;
  return services_.store.read([&](store::Tables& tables) -> Result<Listed> {
    int64_t seq = 0;
    if (!from.empty()) {
      const auto found = tables.relayed_objects.find(filterOf(query.wanted), from);
      if (!found) return notFound(std::string(objectKindName(query.wanted.kind)), from);
      seq = found->seq;
    }
    auto page = tables.relayed_objects.list(filter, order, seq, query.limit);
    if (backwards) std::reverse(page.items.begin(), page.items.end());
    return Listed{std::move(page.items), page.has_more};
  });
}

Status Desk::add(const model::RelayedObject& object, Holds::Shares shares) {
  // Set aside first: whoever finds the batch finds that too.
  if (!shares.empty()) holds_.put(object.provider_id, object.id, std::move(shares));
  const bool added = services_.store.write(
      [&](store::Tables& tables) { return tables.relayed_objects.insert(object); });
  if (!added) {
    return ApiError{ErrorKind::Conflict, "object_exists",
                    "the provider gave an id that it has given before"};
  }
  return Unit{};
}

void Desk::show(const model::RelayedObject& object, const Shown& shown, std::string_view body) {
  services_.store.write([&](store::Tables& tables) {
    if (object.kind == model::ObjectKind::Batch)
      keepShown(tables, object, shown, body);
    else
      tables.relayed_objects.update(object.provider_id, object.id, shown.status, body);
  });
  const bool charged = object.kind == model::ObjectKind::File || object.settled_at;
  if (!charged && isOver(object.surface, shown.status)) watch_.nudge(object.provider_id, object.id);
}

void Desk::remove(const model::RelayedObject& object) {
  services_.store.write(
      [&](store::Tables& tables) { tables.relayed_objects.remove(object.provider_id, object.id); });
}

bool Desk::mayDelete(const model::RelayedObject& object) {
  const bool batch = object.kind == model::ObjectKind::Batch;
  if (!batch && object.batch_id.empty()) return true;
  const std::string& id = batch ? object.id : object.batch_id;
  const auto of = services_.store.read(
      [&](store::Tables& tables) { return tables.relayed_objects.findAt(object.provider_id, id); });
  if (!of || of->settled_at) return true;
  watch_.nudge(of->provider_id, of->id);
  return false;
}

Pricing Desk::pricing(const config::Snapshot& snapshot, const model::Provider& provider,
                      const model::Project& project, UnixMillis now) const {
  return pricingOf(services_, snapshot, provider, &project, now);
}

}  // namespace penstock::batch
