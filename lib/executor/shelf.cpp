#include "executor/shelf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace penstock::executor {
namespace {

namespace fs = std::filesystem;

// An open file, closed at the end of its scope.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  const int fd_;
};

ApiError diskError(const char* doing, std::string_view name) {
  return internalError(std::string("cannot ") + doing + " the file " + std::string(name) + ": " +
                       std::strerror(errno));
}

bool writeAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

Shelf::Shelf(fs::path folder, uint64_t max_bytes)
    : folder_(std::move(folder)), max_bytes_(max_bytes) {
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST)
    throw std::runtime_error("cannot make the folder " + folder_.string() + ": " +
                             std::strerror(errno));
  for (const std::string& name : names()) bytes_ += size(name).value_or(0);
}

Status Shelf::put(std::string_view name, std::string_view content) {
  if (content.size() > max_bytes_ || bytes() > max_bytes_ - content.size()) {
    return ApiError{ErrorKind::PayloadTooLarge, "file_storage_full",
                    "there is no room for more files here; delete some, or wait until they expire"};
  }
  const fs::path path = pathOf(name);
  const Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file) return diskError("make", name);
  if (writeAll(file.get(), content) && ::fdatasync(file.get()) == 0) {
    bytes_ += content.size();
    return Unit{};
  }
  ApiError error = diskError("write", name);
  ::unlink(path.c_str());
  return error;
}

Status Shelf::append(std::string_view name, std::string_view bytes) {
  const Descriptor file(pathOf(name), O_WRONLY | O_CREAT | O_APPEND);
  if (!file) return diskError("open", name);
  const off_t end = ::lseek(file.get(), 0, SEEK_END);
  if (writeAll(file.get(), bytes)) {
    bytes_ += bytes.size();
    return Unit{};
  }
  ApiError error = diskError("write", name);
  // Half a line would be taken for what another goes on with.
  if (::ftruncate(file.get(), end) != 0) error.detail += "; and half of it cannot be taken back";
  return error;
}

bool Shelf::link(std::string_view name, std::string_view second) {
  if (::link(pathOf(name).c_str(), pathOf(second).c_str()) != 0) return false;
  bytes_ += size(second).value_or(0);
  return true;
}

Result<std::string> Shelf::read(std::string_view name, uint64_t offset, size_t most) const {
  const Descriptor file(pathOf(name), O_RDONLY);
  if (!file) return diskError("open", name);
  std::string bytes(most, '\0');
  size_t got = 0;
  while (got < most) {
    const ssize_t count =
        ::pread(file.get(), bytes.data() + got, most - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return diskError("read", name);
    if (count == 0) break;
    got += static_cast<size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

std::optional<uint64_t> Shelf::size(std::string_view name) const {
  struct stat status {};
  if (::stat(pathOf(name).c_str(), &status) != 0) return std::nullopt;
  return static_cast<uint64_t>(status.st_size);
}

void Shelf::truncate(std::string_view name, uint64_t size_then) {
  const uint64_t before = size(name).value_or(0);
  if (before <= size_then || ::truncate(pathOf(name).c_str(), static_cast<off_t>(size_then)) != 0)
    return;
  bytes_ -= before - size_then;
}

void Shelf::sync(std::string_view name) const {
  const Descriptor file(pathOf(name), O_RDONLY);
  if (file) ::fdatasync(file.get());
}

void Shelf::remove(std::string_view name) {
  const uint64_t had = size(name).value_or(0);
  if (::unlink(pathOf(name).c_str()) == 0) bytes_ -= had;
}

std::vector<std::string> Shelf::names() const {
  std::vector<std::string> names;
  std::error_code ignored;  // a folder that cannot be read has none
  for (const auto& entry : fs::directory_iterator(folder_, ignored))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace penstock::executor
