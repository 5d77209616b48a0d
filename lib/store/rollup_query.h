#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/statement.h"
#include "store/log_dictionary.h"
#include "store/rollup_blob.h"
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

// Numbers 0, 1, 2… for ids, in the order of their first use; kNone: it has none. Ids are dense and
// may be large, so that a table of them is kept in pages.
class IdNumbers {
 public:
  static constexpr uint32_t kNone = 0xffff'ffff;
  uint32_t find(uint32_t id) const {
    const size_t page = id / kPage;
    return page < pages_.size() && pages_[page] ? (*pages_[page])[id % kPage] : kNone;
  }
  // The id's number, the next one if it has none.
  uint32_t take(uint32_t id);
  size_t size() const { return count_; }

 private:
  static constexpr size_t kPage = 4096;
  std::vector<std::unique_ptr<std::array<uint32_t, kPage>>> pages_;
  uint32_t count_ = 0;
};

// Answers from roll-ups over a reading connection.
class RollupQueries {
 public:
  RollupQueries(storage::Database& db, LogDictionary& dictionary)
      : db_(db), dictionary_(dictionary) {}

  RollupReport report(const RollupQuery& query);
  std::vector<RouteTotals> routes(const RollupQuery& query);

 private:
  // A roll-up while it is the current row.
  struct Current {
    int64_t id;
    int64_t bucket;  // of the plan's granularity
    uint32_t project;
    std::string_view totals;
  };
  using EachRollup = std::function<void(const Current&)>;
  enum class Which : uint8_t { All, Unfolded };

  // Nothing when a name was never logged, so that no entry can match.
  std::optional<RollupPlan> planOf(const RollupQuery& query);
  bool addProjects(const RollupQuery& query, RollupPlan& plan);
  bool addParts(const RollupQuery& query, RollupPlan& plan);
  void eachRollup(const RollupPlan& plan, const EachRollup& f);
  void eachBetween(const RollupPlan& plan, RollupGrain grain, int64_t from, int64_t to, Which which,
                   const EachRollup& f);
  // Calls f(group, entry) for the entries that the plan is about and wants(group, head) is true of.
  // A template: there are some 600,000 in a month of many end users.
  template <typename Wants, typename F>
  void entriesOf(const RollupPlan& plan, const Current& current, RollupBlob& blob,
                 const Wants& wants, const F& f) {
    const uint32_t project = plan.group_by_project ? current.project : 0;
    std::vector<RollupBlob::Chosen> chosen;
    const auto read = [&] {
      blob.readRests(chosen, [&f](const RollupBlob::Chosen& one) { f(one.group, one.entry); });
      chosen.clear();
    };
    constexpr size_t kAtOnce = 1024;  // bounds the memory
    HeadReader heads = blob.open(plan.kind, current.id);
    for (PackedEntry entry; heads.next(entry);) {
      if (!plan.parts.empty() && !plan.matches(entry.key)) continue;
      const uint32_t group = plan.group_part ? entry.key[*plan.group_part] : project;
      if (!wants(group, entry)) continue;
      chosen.push_back({group, entry});
      if (chosen.size() == kAtOnce) read();
    }
    read();
  }
  // The same, but a roll-up's totals stand for its entries where they tell enough.
  template <typename Wants, typename F>
  void sumsOf(const RollupPlan& plan, const Current& current, RollupBlob& blob, const Wants& wants,
              const F& f) {
    if (plan.needsEntries()) return entriesOf(plan, current, blob, wants, f);
    const uint32_t group = plan.group_by_project ? current.project : 0;
    const PackedEntry all = totalsAsEntry(current.totals);
    if (wants(group, all)) f(group, all);
  }
  std::vector<uint32_t> biggest(const RollupPlan& plan, RollupBlob& blob, size_t limit, bool& all);
  std::optional<uint32_t> textId(std::string_view text);
  std::string text(uint32_t id);
  std::string word(uint32_t id) { return dictionary_.text(id); }

  storage::Database& db_;
  LogDictionary& dictionary_;
};

}  // namespace penstock::store
