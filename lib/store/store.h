#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "store/request_logs.h"
#include "store/tables.h"

namespace penstock::store {

namespace detail {
template <typename T>
struct IsResult : std::false_type {};
template <typename T, typename E>
struct IsResult<Result<T, E>> : std::true_type {};
}  // namespace detail

// Everything that is durable: penstock.db (configuration) and log.db (request log) in one folder,
// which this process holds by a lock file as long as the Store lives. Thread-safe.
//
// Writes to penstock.db run one after another on one writer thread, grouped into commits; reads run
// on the caller's thread over a small pool of read-only connections and see committed data only.
class Store {
 public:
  struct Options {
    std::filesystem::path data_dir;  // created with mode 0700 when missing
    // The master key: a value (hex or base64 of 32 bytes), else a file, else DIR/master.key, which
    // a fresh store creates.
    std::optional<Secret> master_key = {};
    std::optional<std::filesystem::path> master_key_file = {};
    size_t readers = 4;
  };

  // Locks, opens, migrates. Expected refusals are errors for the operator: the folder is in use,
  // the database is newer than this binary, a migration was changed, the master key is missing or
  // not this store's.
  static Result<std::unique_ptr<Store>> open(const Options& options, const Clock& clock);
  ~Store();  // finishes queued writes, closes, unlocks
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Runs f(Tables&) on the writer thread and returns its value after the commit. Undoes what f
  // wrote, and that only, when f throws (rethrown here) or returns a Result that holds an error.
  // Blocks; never call it from inside such an f, or on the hot path.
  template <typename F>
  auto write(F&& f) {
    return collect<F>([this](const Job& job) { runWrite(job); }, f);
  }

  // The same without waiting: false when the queue is full, and then it is counted as dropped.
  bool post(std::function<void(Tables&)> f);
  uint64_t droppedPosts() const;

  // Runs f(Tables&) over one committed state of the store. Attempts to write throw.
  template <typename F>
  auto read(F&& f) {
    return collect<F>([this](const Job& job) { runRead(job); }, f);
  }

  LogStore& log();

  // A consistent copy of penstock.db in a new file of mode 0600 (sealed secrets stay sealed: keep
  // the master key apart). Conflict when the file exists. Does not hold up writes.
  Status backup(const std::filesystem::path& file);

  // What happened at open() that the operator should know, e.g. a corrupt log.db put aside.
  const std::vector<std::string>& warnings() const;
  const std::filesystem::path& dataDir() const;

 private:
  enum class Verdict : uint8_t { Keep, Undo };
  using Job = std::function<Verdict(Tables&)>;
  struct Parts;

  explicit Store(std::unique_ptr<Parts> parts);
  void runWrite(const Job& job);
  void runRead(const Job& job);

  // Calls f through the type-erased `run` and brings its value out.
  template <typename F, typename Run>
  static auto collect(Run&& run, F& f) {
    using Value = std::invoke_result_t<F&, Tables&>;
    if constexpr (std::is_void_v<Value>) {
      run([&f](Tables& tables) {
        f(tables);
        return Verdict::Keep;
      });
    } else {
      std::optional<Value> value;
      run([&](Tables& tables) {
        value.emplace(f(tables));
        if constexpr (detail::IsResult<Value>::value) {
          if (!value->has_value()) return Verdict::Undo;
        }
        return Verdict::Keep;
      });
      return Value(*std::move(value));
    }
  }

  // Constant after construction.
  std::unique_ptr<Parts> parts_;
};

}  // namespace penstock::store
