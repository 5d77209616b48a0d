#include "storage/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

namespace penstock::storage {
namespace {

std::runtime_error systemError(const std::filesystem::path& file) {
  return std::runtime_error(fmt::format("{}: {}", file.string(), std::strerror(errno)));
}

std::string readHolder(int fd) {
  std::string text(128, '\0');
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.empty() ? "another process" : text;
}

}  // namespace

Result<std::unique_ptr<LockFile>> LockFile::acquire(const std::filesystem::path& file,
                                                    UnixMillis now) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) throw systemError(file);
  std::unique_ptr<LockFile> lock(new LockFile(fd));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw systemError(file);
    return ApiError{ErrorKind::Conflict, "data_dir_in_use",
                    fmt::format("{} is in use by {}", file.parent_path().string(), readHolder(fd))};
  }
  const std::string holder = fmt::format("process {} since {}\n", ::getpid(), iso8601(now));
  if (::ftruncate(fd, 0) != 0 ||
      ::pwrite(fd, holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size())) {
    throw systemError(file);
  }
  return lock;
}

// The file stays: removing it would let two processes lock two files of the same name.
LockFile::~LockFile() { ::close(fd_); }

}  // namespace penstock::storage
