#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/build.h"
#include "manage/kind.h"
#include "manage/resource.h"
#include "manage/services.h"
#include "model/audit.h"
#include "store/tables.h"

namespace penstock::manage {

// Parts of the snapshot that a change touches when it touches none.
constexpr auto kNoPart = static_cast<config::Part>(0);

// One change under way: the tables of its transaction and the record of what is done to them.
// Whatever writes rows must tell here what it did, or the change fails: so there is no unaudited
// change. Lives on the writer thread, for the length of the job.
class Change {
 public:
  Change(store::Tables& tables_of_change, const Call& call_of_change, IdSequence& ids)
      : tables(tables_of_change), call(call_of_change), ids_(ids) {}
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

  store::Tables& tables;
  const Call& call;

  // Ids that sort in the order in which they are asked for, over all changes.
  std::string newId(std::string_view prefix);

  // The resource that the path's parameter names, to be changed: 404 when the caller may not know
  // of it, 409 version_conflict when If-Match names another state of it.
  template <typename T>
  Result<T> load(const Kind<T>& kind, std::string_view param) {
    auto found = findVisible(kind, tables, call, call.request.param(param));
    if (!found) return found;
    const std::string etag = etagOf(kind, *found, jsonOf(kind, *found, call.now));
    if (auto matched = checkIfMatch(kind.type, found->id, etag); !matched) return matched.error();
    return remember(kind, *std::move(found));
  }

  // A resource got otherwise: its state is the `before` of what is told of it later.
  template <typename T>
  T remember(const Kind<T>& kind, T value) {
    before_.insert_or_assign(value.id, jsonOf(kind, value, call.now));
    return value;
  }

  // What was done, with the state after it. updated() of what did not change tells nothing.
  template <typename T>
  void created(const Kind<T>& kind, const T& value, std::string_view verb = "created") {
    tell(kind.type, verb, value.id, kind.project(value), {}, jsonOf(kind, value, call.now));
  }
  template <typename T>
  void updated(const Kind<T>& kind, const T& value, std::string_view verb = "updated") {
    tell(kind.type, verb, value.id, kind.project(value), before_[value.id],
         jsonOf(kind, value, call.now));
  }
  template <typename T>
  void deleted(const Kind<T>& kind, const T& value, std::string_view verb = "deleted") {
    tell(kind.type, verb, value.id, kind.project(value), jsonOf(kind, value, call.now), {});
  }

  // What was told so far.
  const std::vector<model::AuditEntry>& entries() const { return entries_; }
  bool told() const { return told_; }
  // Writes the entries and the events. Called once, by change().
  void record(const model::Actor& actor);

 private:
  Status checkIfMatch(std::string_view type, std::string_view id, std::string_view etag) const;
  void emitEvent(const model::AuditEntry& entry);
  void tell(std::string_view type, std::string_view verb, std::string_view id,
            std::string_view project_id, std::string before, std::string after);

  std::map<std::string, std::string, std::less<>> before_;  // JSON by id
  std::vector<model::AuditEntry> entries_;
  bool told_ = false;
  IdSequence& ids_;
};

// Runs `work` as one change: its rows, their audit entries, the webhook events and the answer kept
// for the request's Idempotency-Key are one transaction, and the snapshot with it is published
// before this returns. An error undoes everything. `work` runs on the writer thread.
Answer change(Services& services, const Call& call, config::Part parts,
              const std::function<Answer(Change&)>& work);

// The same, undone at the end whatever comes of it: what would happen, found out by doing it.
Answer rehearse(Services& services, const Call& call, config::Part parts,
                const std::function<Answer(Change&)>& work);

}  // namespace penstock::manage
