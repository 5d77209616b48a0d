#include "store/store.h"

#include <fmt/format.h>

#include "storage/backup.h"
#include "storage/lock_file.h"
#include "storage/master_key.h"
#include "storage/migrations.h"
#include "storage/reader_pool.h"
#include "storage/secret_box.h"
#include "storage/writer.h"
#include "store/log_store.h"
#include "store/schema.h"

namespace penstock::store {
namespace {

namespace fs = std::filesystem;

struct Reader {
  Reader(const fs::path& file, const storage::SecretBox& box)
      : db(file, {.access = storage::Access::ReadOnly}), tables(db, box) {}
  storage::Database db;
  Tables tables;
};

void createFolder(const fs::path& folder) {
  if (fs::exists(folder)) return;
  fs::create_directories(folder);
  fs::permissions(folder, fs::perms::owner_all);
}

// A record that opens only under the store's own master key: a wrong key is refused at start, not
// found out request by request.
Status checkMasterKey(MetaTable& meta, const storage::SecretBox& box) {
  constexpr std::string_view kName = "master_key_check";
  constexpr std::string_view kIdentity = "meta:master_key_check";
  const auto record = meta.bytes(kName);
  if (!record) {
    meta.setBytes(kName, box.seal(Secret("penstock"), kIdentity));
    return Unit{};
  }
  if (box.open(*record, kIdentity)) return Unit{};
  return ApiError{ErrorKind::Conflict, "master_key_mismatch",
                  "the master key is not the one this store was written with"};
}

}  // namespace

// In order of construction; destroyed from the end: the writer finishes first, the readers close
// before the writer's connection, which then checkpoints, and the lock goes last.
struct Store::Parts {
  Parts(const Options& options, std::unique_ptr<storage::LockFile> held, Secret master_key)
      : dir(options.data_dir),
        lock(std::move(held)),
        box({std::move(master_key)}),
        db(dir / "penstock.db", {}),
        readers(options.readers,
                [this] { return std::make_unique<Reader>(dir / "penstock.db", box); }) {}

  Status start(const Clock& clock) {
    if (auto migrated = storage::migrate(db, schema(), clock.now()); !migrated) {
      return std::move(migrated).error();
    }
    tables = std::make_unique<Tables>(db, box);
    if (Status status = checkMasterKey(tables->meta, box); !status) return status;
    auto opened = openLogStore(dir / "log.db", clock.now(), warnings);
    if (!opened) return std::move(opened).error();
    log = *std::move(opened);
    writer = std::make_unique<storage::Writer>(db, storage::Writer::Options{});
    return Unit{};
  }

  const fs::path dir;
  const std::unique_ptr<storage::LockFile> lock;
  const storage::SecretBox box;
  storage::Database db;
  std::unique_ptr<Tables> tables;
  storage::ReaderPool<Reader> readers;
  std::vector<std::string> warnings;
  std::unique_ptr<LogStore> log;
  std::unique_ptr<storage::Writer> writer;
};

Result<std::unique_ptr<Store>> Store::open(const Options& options, const Clock& clock) {
  try {
    createFolder(options.data_dir);
    auto lock = storage::LockFile::acquire(options.data_dir / "lock", clock.now());
    if (!lock) return std::move(lock).error();
    const bool is_fresh = !fs::exists(options.data_dir / "penstock.db");
    auto key = storage::loadMasterKey(
        {options.master_key, options.master_key_file, options.data_dir / "master.key"},
        is_fresh ? storage::IfMissing::Create : storage::IfMissing::Refuse);
    if (!key) return std::move(key).error();
    auto parts = std::make_unique<Parts>(options, *std::move(lock), *std::move(key));
    if (Status status = parts->start(clock); !status) return std::move(status).error();
    return std::unique_ptr<Store>(new Store(std::move(parts)));
  } catch (const std::runtime_error& failure) {  // the disk's and SQLite's own words
    return ApiError{ErrorKind::Internal, "store_unusable", failure.what()};
  }
}

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Store::~Store() = default;

void Store::runWrite(const Job& job) {
  parts_->writer->write([&] {
    return job(*parts_->tables) == Verdict::Keep ? storage::Writer::Verdict::Keep
                                                 : storage::Writer::Verdict::Undo;
  });
}

void Store::runRead(const Job& job) {
  auto reader = parts_->readers.lease();
  const storage::Transaction one_state(reader->db, storage::Transaction::Kind::Read);
  job(reader->tables);
}

bool Store::post(std::function<void(Tables&)> f) {
  return parts_->writer->post([tables = parts_->tables.get(), f = std::move(f)] {
    f(*tables);
    return storage::Writer::Verdict::Keep;
  });
}

uint64_t Store::droppedPosts() const { return parts_->writer->dropped(); }

LogStore& Store::log() { return *parts_->log; }

Status Store::backup(const fs::path& file) {
  auto reader = parts_->readers.lease();
  return storage::backup(reader->db, file);
}

const std::vector<std::string>& Store::warnings() const { return parts_->warnings; }

const fs::path& Store::dataDir() const { return parts_->dir; }

}  // namespace penstock::store
