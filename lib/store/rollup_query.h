#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/statement.h"
#include "store/log_dictionary.h"
#include "store/rollup_pack.h"
#include "store/rollups.h"

// Internal to store/.
namespace penstock::store {

// Which entries a query is about, and what groups them.
struct RollupPlan {
  // An entry's part is the id, or its other part is.
  struct Part {
    size_t part;
    size_t other;
    uint32_t id;
  };

  RollupKind kind = RollupKind::Routes;
  Granularity granularity = Granularity::Hour;
  int64_t first_hour = 0;
  int64_t end_hour = 0;
  std::vector<uint32_t> projects = {};  // any of them; empty: all
  std::vector<Part> parts = {};         // all of them
  std::optional<size_t> group_part = {};
  bool group_by_project = false;

  bool isAbout(uint32_t project) const;
  bool matches(const RollupKey& key) const;
  // Else a roll-up's totals tell enough.
  bool needsEntries() const { return group_part || !parts.empty(); }
  bool groupsByText() const { return group_part && isText(kind, *group_part); }
  int64_t bucketOf(int64_t hour) const {
    return granularity == Granularity::Hour ? hour : dayOf(hour);
  }
};

// Answers from roll-ups over a reading connection.
class RollupQueries {
 public:
  RollupQueries(storage::Database& db, LogDictionary& dictionary)
      : db_(db), dictionary_(dictionary) {}

  RollupReport report(const RollupQuery& query);
  std::vector<RouteTotals> routes(const RollupQuery& query);

 private:
  // A roll-up while it is the current row. Its blobs are read when they are asked for.
  struct Current {
    int64_t bucket;  // of the plan's granularity
    uint32_t project;
    const storage::Rows& row;
    std::string_view totals() const;
    std::string_view entries() const;
  };
  using EachRollup = std::function<void(const Current&)>;
  using EachEntry = std::function<void(const Current&, uint32_t group, const PackedEntry&)>;
  enum class Which : uint8_t { All, Unfolded };

  // Nothing when a name was never logged, so that no entry can match.
  std::optional<RollupPlan> planOf(const RollupQuery& query);
  bool addProjects(const RollupQuery& query, RollupPlan& plan);
  bool addParts(const RollupQuery& query, RollupPlan& plan);
  void eachRollup(const RollupPlan& plan, const EachRollup& f);
  void eachBetween(const RollupPlan& plan, RollupGrain grain, int64_t from, int64_t to, Which which,
                   const EachRollup& f);
  void eachEntry(const RollupPlan& plan, const EachEntry& f);
  void entriesOf(const RollupPlan& plan, const Current& current, const EachEntry& f);
  std::vector<uint32_t> biggest(const RollupPlan& plan, size_t limit, bool& all);
  std::optional<uint32_t> textId(std::string_view text);
  std::string text(uint32_t id);
  std::string word(uint32_t id) { return dictionary_.text(id); }

  storage::Database& db_;
  LogDictionary& dictionary_;
};

}  // namespace penstock::store
