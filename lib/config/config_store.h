#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/id.h"
#include "base/published.h"
#include "base/result.h"
#include "config/build.h"
#include "config/snapshot.h"
#include "store/store.h"

namespace penstock::config {

// The one way to change the configuration, and the place that publishes it. Thread-safe.
//
// A change is one writer job: it writes rows, raises the config version and builds the next
// snapshot from the same connection; if that fails everything is rolled back, so the store never
// holds a configuration that cannot be loaded. After the commit the snapshot is published, and then
// change() returns: the next request sees it.
class ConfigStore {
 public:
  // Builds the first snapshot. The error is a store that holds a configuration which this binary
  // cannot load.
  static Result<std::unique_ptr<ConfigStore>> load(store::Store& store);
  ConfigStore(const ConfigStore&) = delete;
  ConfigStore& operator=(const ConfigStore&) = delete;

  // For hot readers (Published::Reader); others call current().
  const Published<Snapshot>& published() const { return published_; }
  std::shared_ptr<const Snapshot> current() const { return published_.get(); }

  // Runs f(store::Tables&) as described above; `changed` names the parts it touches. f returns a
  // Result<T>, a plain T or nothing; the answer is a Result<T> or Status holding f's own error, the
  // error of the build (for a policy: Unprocessable, naming the field), or the value. f's error
  // means that nothing was changed. Exceptions of f pass through, likewise.
  template <typename F>
  auto change(Part changed, F&& f) {
    using Returned = std::invoke_result_t<F&, store::Tables&>;
    if constexpr (std::is_void_v<Returned>) {
      return runChange<Status>(changed, [&f](store::Tables& tables) -> Status {
        f(tables);
        return Unit{};
      });
    } else if constexpr (store::detail::IsResult<Returned>::value) {
      return runChange<Returned>(changed, f);
    } else {
      return runChange<Result<Returned>>(
          changed, [&f](store::Tables& tables) -> Result<Returned> { return f(tables); });
    }
  }

  // The same, undone at the end whatever comes of it: whether the change could be made, and what f
  // answers.
  template <typename F>
  auto rehearse(Part changed, F&& f) {
    using Answer = std::invoke_result_t<F&, store::Tables&>;
    std::optional<Answer> answer;
    std::ignore = store_.write([&](store::Tables& tables) -> Status {
      answer.emplace(f(tables));
      if (*answer) {
        auto built = build(tables, changed, latest_.get());
        if (!built) answer.emplace(std::move(built).error());
      }
      return internalError("rehearsed");  // an error undoes
    });
    return *std::move(answer);
  }

  store::Store& store() { return store_; }

  // Of what changes make; for the writer thread, within a change.
  IdSequence& ids() { return ids_; }

  // Called with every snapshot just before it is published, on the thread that publishes it: for
  // what must know of a configuration before any request does. Set before the first change.
  void beforePublish(std::function<void(const Snapshot&)> observer) {
    observer_ = std::move(observer);
  }

 private:
  ConfigStore(store::Store& store, std::shared_ptr<const Snapshot> first)
      : store_(store), latest_(first), published_(std::move(first)) {}

  template <typename Answer, typename F>
  Answer runChange(Part changed, F&& f) {
    std::shared_ptr<const Snapshot> next;
    Answer answer = store_.write([&](store::Tables& tables) -> Answer {
      Answer own = f(tables);
      if (!own) return own;
      Result<std::shared_ptr<const Snapshot>> built = buildNext(tables, changed);
      if (!built) return std::move(built).error();
      next = *std::move(built);
      return own;
    });
    if (answer) publish(std::move(next));
    return answer;
  }

  Result<std::shared_ptr<const Snapshot>> buildNext(store::Tables& tables, Part changed);
  void publish(std::shared_ptr<const Snapshot> next);

  // Constant after construction.
  store::Store& store_;
  // Used by the writer thread only: the newest snapshot built, which may not be published yet.
  std::shared_ptr<const Snapshot> latest_;
  IdSequence ids_;
  // Makes "newer than the current one, so replace it" one step.
  std::mutex publish_mutex_;
  std::function<void(const Snapshot&)> observer_;
  Published<Snapshot> published_;
};

}  // namespace penstock::config
