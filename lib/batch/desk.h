#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "batch/holds.h"
#include "batch/plan.h"
#include "batch/services.h"
#include "batch/shown.h"
#include "batch/watch.h"
#include "http/worker_pool.h"
#include "model/relayed_object.h"

namespace penstock::batch {

// Where the proxy keeps whose files and batches at providers are, and what batches will cost.
// Thread-safe. Methods block on the store, so event loops submit() what calls them.
class Desk {
 public:
  Desk(Services services, Watch::Options options);
  explicit Desk(Services services) : Desk(services, Watch::Options()) {}
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Before the first request.
  void start() { watch_.start(); }
  // Before the loops end, and after.
  void close() { watch_.close(); }
  void join() { watch_.join(); }

  // Runs it on a thread that may block; false when too much is waiting.
  [[nodiscard]] bool submit(std::function<void()> task) { return workers_.submit(std::move(task)); }

  // What a caller may name: an object of its own project.
  struct Wanted {
    std::string project_id;
    model::ObjectSurface surface = model::ObjectSurface::OpenAi;
    model::ObjectKind kind = model::ObjectKind::File;
  };
  std::optional<model::RelayedObject> find(const Wanted& wanted, std::string_view id);

  // A file that a request names, by whichever API it was uploaded.
  std::optional<model::RelayedObject> findFile(std::string_view project_id, std::string_view id);

  // A page of what the provider has shown, newest first unless told otherwise. `after` and `before`
  // are ids of the project's own, of which at most one is given; NotFound when it has no such.
  struct Query {
    Wanted wanted;
    std::string purpose = {};  // empty: any
    std::string after = {}, before = {};
    bool oldest_first = false;
    size_t limit = 20;
  };
  struct Listed {
    std::vector<model::RelayedObject> objects;
    bool has_more = false;
  };
  Result<Listed> list(const Query& query);

  // A new object, and what is set aside for it. Conflict when another has that id there.
  Status add(const model::RelayedObject& object, Holds::Shares shares = {});
  // The provider showed it again. A batch that is over is charged soon.
  void show(const model::RelayedObject& object, const Shown& shown, std::string_view body);
  void remove(const model::RelayedObject& object);
  // Whether what it cost is known, which is what may be deleted: a batch that is charged, or a file
  // that is no output of one that is not. Where it is not known yet, it is asked for.
  bool mayDelete(const model::RelayedObject& object);

  // By what a provider's batches are planned; refers to the snapshot.
  Pricing pricing(const config::Snapshot& snapshot, const model::Provider& provider,
                  const model::Project& project, UnixMillis now) const;

 private:
  const Services services_;
  Holds holds_;
  Watch watch_;
  http::WorkerPool workers_;
};

}  // namespace penstock::batch
