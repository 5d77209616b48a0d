// Puts entries into the audit log of a store that nobody serves: bench_fill_audit DIR COUNT. A
// million changes through the API would take the better part of an hour.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "store/store.h"

using namespace penstock;

namespace {

constexpr long kBatch = 10'000;  // entries a transaction

model::AuditEntry entry(long number, UnixMillis now) {
  const std::string state = R"({"id":"proj_01","name":"Bench","description":"change )" +
                            std::to_string(number) + R"(","created_at":"2026-01-01T00:00:00Z"})";
  model::AuditEntry entry;
  entry.id = newId("aud_", now);
  entry.created_at = now;
  entry.actor = {"management_key", "mkey_" + std::to_string(number % 50), ""};
  entry.action = number % 3 == 0 ? "project.updated" : "api_key.created";
  entry.resource_type = number % 3 == 0 ? "project" : "api_key";
  entry.resource_id = "res_" + std::to_string(number % 5000);
  entry.project_id = "proj_01";
  entry.ip = "127.0.0.1";
  entry.user_agent = "bench";
  entry.request_id = newUuid();
  entry.before = state;
  entry.after = state;
  return entry;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const long count = std::strtol(argv[2], nullptr, 10);
  const SystemClock clock;
  auto store = store::Store::open({.data_dir = argv[1]}, clock);
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().message.c_str());
    return 1;
  }
  for (long done = 0; done < count; done += kBatch) {
    (*store)->write([&](store::Tables& tables) {
      for (long i = done; i < std::min(count, done + kBatch); ++i) {
        model::AuditEntry one = entry(i, clock.now());
        tables.audit_log.append(one);
      }
    });
  }
  return 0;
}
