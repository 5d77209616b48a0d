#include "http/spool_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace penstock::http {
namespace {

ApiError failed(const char* what) {
  return {ErrorKind::Internal, "spool_failed",
          std::string("cannot ") + what +
              " a file for a large body: " + std::generic_category().message(errno)};
}

// Where the file system makes no files without a name, one is made and its name taken away.
int openUnnamed(const std::filesystem::path& directory) {
  const int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  std::string name = (directory / "body-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

Result<SpoolFile> SpoolFile::open(const std::filesystem::path& directory) {
  const int fd = openUnnamed(directory);
  if (fd < 0) return failed("make");
  return SpoolFile(fd);
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, nullptr)),
      mapped_bytes_(std::exchange(other.mapped_bytes_, 0)) {}

SpoolFile& SpoolFile::operator=(SpoolFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(size_, other.size_);
  std::swap(mapped_, other.mapped_);
  std::swap(mapped_bytes_, other.mapped_bytes_);
  return *this;
}

SpoolFile::~SpoolFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, mapped_bytes_);
  if (fd_ >= 0) ::close(fd_);
}

Status SpoolFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("write to");
    size_ += static_cast<uint64_t>(written);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return Unit{};
}

// Shared, for what is written later to be seen in it.
Status SpoolFile::map(uint64_t bytes) {
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd_, 0);
  if (mapped == MAP_FAILED) return failed("map");
  mapped_ = mapped;
  mapped_bytes_ = bytes;
  return Unit{};
}

// The file is as long at once, and takes its room as it is written: what is not there yet can be
// mapped, and nobody looks at it.
Status SpoolFile::expect(uint64_t bytes) {
  if (::ftruncate(fd_, static_cast<off_t>(bytes)) != 0) return failed("make room in");
  return map(bytes);
}

Result<std::string_view> SpoolFile::view() {
  if (size_ == 0) return std::string_view();
  if (mapped_ == nullptr) {
    if (const Status mapped = map(size_); !mapped) return mapped.error();
  }
  return std::string_view(static_cast<const char*>(mapped_), size_);
}

}  // namespace penstock::http
