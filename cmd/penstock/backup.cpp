// penstock backup: a consistent copy of penstock.db, also while a gateway runs on it.
#include "storage/backup.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "commands.h"
#include "exit_codes.h"
#include "storage/database.h"

namespace penstock::cli {
namespace {

struct BackupOptions {
  std::string file;
  std::string data_dir = "penstock-data";
};

int backup(const BackupOptions& options) {
  const auto source = std::filesystem::path(options.data_dir) / "penstock.db";
  if (!std::filesystem::exists(source)) {
    std::cerr << "penstock: there is no store in " << options.data_dir << "\n";
    return kRefused;
  }
  // Read-only, so that the gateway stays the only one that writes and checkpoints.
  storage::Database database(source, {.access = storage::Access::ReadOnly});
  const auto copied = storage::backup(database, options.file);
  if (!copied) {
    std::cerr << "penstock: " << copied.error().message << "\n";
    return kRefused;
  }
  std::cout << "backed up to " << options.file
            << "\nProvider credentials in it are sealed: keep the master key too, apart from it.\n";
  return kDone;
}

}  // namespace

void addBackup(CLI::App& app, int& exit_code) {
  CLI::App& command = *app.add_subcommand("backup", "Copy the store, also while the gateway runs");
  auto options = std::make_shared<BackupOptions>();
  command.add_option("file", options->file, "The new file")->required();
  command.add_option("--data", options->data_dir, "Folder of the store")
      ->envname("PENSTOCK_DATA")
      ->capture_default_str();
  command.callback([options, &exit_code] { exit_code = backup(*options); });
}

}  // namespace penstock::cli
