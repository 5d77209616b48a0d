// Puts the roll-ups of a month's requests into the log of a store that nobody serves, through the
// code that the log writer runs, without the rows: bench_fill_rollups DIR COUNT. Prints as JSON the
// CPU that roll-ups cost a row, in this traffic of many names and in ordinary one, beside that of
// writing the row itself.
#include <ctime>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "store/log_row.h"
#include "store/log_store.h"
#include "store/rollup_writer.h"

using namespace penstock;

namespace {

constexpr size_t kBatch = 256;
constexpr int64_t kDays = 30;

struct Traffic {
  uint64_t keys, models, users, tags;
};
constexpr Traffic kMonth = {10, 20, 20'000, 500};  // 200 ways
constexpr Traffic kOrdinary = {5, 4, 200, 20};

double cpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Any of its ways, users and tags, a cost and a latency.
void fill(model::RequestLog& row, const Traffic& traffic, std::mt19937_64& random, UnixMillis at) {
  static std::lognormal_distribution<double> latency(14, 1);
  const uint64_t team = random() % traffic.tags;
  // A team uses four of the models.
  const uint64_t model = (team * 7 + random() % 4) % traffic.models;
  row.request_id = newUuid();
  row.created_at = at;
  row.organization_id = "org_1";
  row.project_id = "proj_1";
  row.api_key_id = "key_" + std::to_string(random() % traffic.keys);
  row.endpoint = "chat.completions";
  row.requested_model = "@default";
  row.provider = "vendor" + std::to_string(model % 4);
  row.provider_id = "prov_" + std::to_string(model % 4);
  row.model = "model-" + std::to_string(model);
  row.routing_config_id = "rc_1";
  row.routing_config_version = 1;
  row.resolved = "config";
  row.status = 200;
  row.attempts = 1;
  row.usage.input_uncached = static_cast<int64_t>(random() % 4000);
  row.usage.output_text = static_cast<int64_t>(random() % 800);
  row.cost_input.nanos = row.usage.input_uncached * 150;
  row.cost_output.nanos = row.usage.output_text * 600;
  row.cost_total = row.cost_input + row.cost_output;
  row.basis = model::PriceBasis::Catalogue;
  row.latency_us = static_cast<int64_t>(latency(random));
  row.end_user = "user-" + std::to_string(random() % traffic.users);
  row.tags = {{"team", "team-" + std::to_string(team)}};
}

struct Filler {
  explicit Filler(const std::filesystem::path& file)
      : db(file, {.wal_autocheckpoint_pages = 2000}) {
    db.exec("PRAGMA secure_delete = FAST");
  }
  storage::Database db;
  store::LogDictionary dictionary{db};
  store::LogRowWriter rows{db, dictionary};
  store::RollupWriter rollups{db, dictionary};
  std::mt19937_64 random{1};
  std::vector<model::RequestLog> batch;
  std::vector<int64_t> ids;
  int64_t sequence = 0;

  void makeBatch(const Traffic& traffic, UnixMillis at) {
    batch.resize(kBatch);
    ids.clear();
    for (auto& row : batch) {
      fill(row, traffic, random, at);
      ids.push_back(store::logIdAt(at) | (++sequence & store::kSequenceMask));
    }
  }

  void storeRows() {
    storage::Transaction transaction(db, storage::Transaction::Kind::Write);
    for (size_t i = 0; i < batch.size(); ++i) rows.insert(ids[i], batch[i]);
    transaction.commit();
  }

  // What the log writer does besides. There, the note shares the transaction of the rows.
  void rollUp(UnixMillis now) {
    {
      storage::Transaction transaction(db, storage::Transaction::Kind::Write);
      rollups.note(ids);
      transaction.commit();
    }
    rollups.add(ids, batch);
    if (!rollups.isDue()) return;
    rollups.merge();
    while (rollups.fold(now)) {
    }
  }

  // CPU in microseconds a row of `work` on `count` rows, evenly from `begin` to `end`.
  double costOf(const Traffic& traffic, int64_t count, UnixMillis begin, UnixMillis end,
                const std::function<void(UnixMillis)>& work) {
    double seconds = 0;
    const auto batches = static_cast<int64_t>((count + kBatch - 1) / kBatch);
    for (int64_t i = 0; i < batches; ++i) {
      const UnixMillis at = begin + (end - begin) * i / batches;
      makeBatch(traffic, at);
      const double before = cpuSeconds();
      work(at);
      seconds += cpuSeconds() - before;
    }
    return seconds / static_cast<double>(batches * kBatch) * 1e6;
  }
};

// In a log of its own, which is thrown away. 100 requests a second.
void measureOrdinary(const std::filesystem::path& file, UnixMillis now) {
  std::vector<std::string> warnings;
  if (!store::openLogStore(file, now, warnings)) std::exit(1);
  Filler filler(file);
  constexpr int64_t kRows = 500'000;
  const UnixMillis begin = now - kRows * 10;
  const double rows =
      filler.costOf(kOrdinary, kRows, begin, now, [&](UnixMillis) { filler.storeRows(); });
  const double rollups =
      filler.costOf(kOrdinary, kRows, begin, now, [&](UnixMillis at) { filler.rollUp(at); });
  std::printf("{\"row_us\":%.2f,\"rollup_us\":%.2f,", rows, rollups);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int64_t count = std::strtol(argv[2], nullptr, 10);
  const std::filesystem::path directory = argv[1];
  const UnixMillis now = SystemClock().now();
  const auto scratch = directory / "ordinary";
  std::filesystem::create_directory(scratch);
  measureOrdinary(scratch / "log.db", now);
  std::filesystem::remove_all(scratch);

  std::vector<std::string> warnings;
  if (!store::openLogStore(directory / "log.db", now, warnings)) return 1;  // brings the schema
  Filler filler(directory / "log.db");
  const double cost = filler.costOf(kMonth, count, now - kDays * 86'400'000, now,
                                    [&](UnixMillis at) { filler.rollUp(at); });
  filler.rollups.merge();
  std::printf("\"month_rollup_us\":%.2f}\n", cost);
  return 0;
}
