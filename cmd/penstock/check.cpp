// penstock check: is the store sound, and can this binary load it?
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "base/clock.h"
#include "commands.h"
#include "config/config_store.h"
#include "exit_codes.h"
#include "storage/database.h"
#include "storage/statement.h"
#include "store/store.h"

namespace penstock::cli {
namespace {

struct CheckOptions {
  std::string data_dir = "penstock-data";
  std::string master_key_file;
};

// False with the faults printed. The log may be missing: it is made anew.
bool checkFile(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return true;
  storage::Database database(file, {.access = storage::Access::ReadOnly});
  storage::Statement statement(database, "PRAGMA integrity_check(20)");
  storage::Rows rows = statement.query();
  bool sound = true;
  while (rows.next()) {
    if (rows.text(0) == "ok") continue;
    std::cerr << file.filename().string() << ": " << rows.text(0) << "\n";
    sound = false;
  }
  if (sound) std::cout << file.filename().string() << ": ok\n";
  return sound;
}

store::Store::Options storeOptions(const CheckOptions& options) {
  store::Store::Options store{.data_dir = options.data_dir};
  if (const char* key = std::getenv("PENSTOCK_MASTER_KEY")) store.master_key = Secret(key);
  if (!options.master_key_file.empty()) store.master_key_file = options.master_key_file;
  return store;
}

int refuse(const ApiError& error) {
  std::cerr << "penstock: " << error.message << "\n";
  if (!error.detail.empty()) std::cerr << error.detail << "\n";
  return kRefused;
}

// Seconds for a million entries.
int checkAudit(store::Store& store) {
  const store::AuditVerdict verdict =
      store.read([](store::Tables& tables) { return tables.audit_log.verify(); });
  if (verdict.ok) {
    std::cout << "audit log: ok, " << verdict.entries << " entries\n";
    return kDone;
  }
  std::cerr << "audit log: entry " << verdict.first_bad_seq << ": " << verdict.reason << "\n";
  return kRefused;
}

int loadSnapshot(const CheckOptions& options) {
  const SystemClock clock;
  auto store = store::Store::open(storeOptions(options), clock);
  if (!store) return refuse(store.error());
  for (const std::string& warning : (*store)->warnings()) std::cerr << warning << "\n";
  auto config = config::ConfigStore::load(**store);
  if (!config) return refuse(config.error());
  const auto snapshot = (*config)->current();
  std::cout << "configuration: ok, version " << snapshot->version() << ", "
            << snapshot->apiKeyCount() << " keys, " << snapshot->providers().size()
            << " providers, " << snapshot->routingConfigs().size() << " routing configs\n";
  return checkAudit(**store);
}

int check(const CheckOptions& options) {
  const std::filesystem::path folder = options.data_dir;
  if (!std::filesystem::exists(folder / "penstock.db")) {
    std::cerr << "penstock: there is no store in " << options.data_dir << "\n";
    return kRefused;
  }
  const bool sound = checkFile(folder / "penstock.db");
  if (!checkFile(folder / "log.db") || !sound) return kRefused;
  return loadSnapshot(options);
}

}  // namespace

void addCheck(CLI::App& app, int& exit_code) {
  CLI::App& command = *app.add_subcommand(
      "check", "Check the store's integrity, load it, and verify the audit log");
  auto options = std::make_shared<CheckOptions>();
  command.add_option("--data", options->data_dir, "Folder of the store")
      ->envname("PENSTOCK_DATA")
      ->capture_default_str();
  command
      .add_option("--master-key-file", options->master_key_file,
                  "File with the key that seals provider credentials")
      ->envname("PENSTOCK_MASTER_KEY_FILE");
  command.callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace penstock::cli
