#include "storage/master_key.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/random.h"

namespace penstock::storage {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kMaxFileBytes = 256;

ApiError refuse(std::string message) {
  return {ErrorKind::InvalidRequest, "master_key", std::move(message)};
}

std::string_view trimAll(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

Secret fromHex(std::string_view text) {
  std::string bytes;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return Secret();
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return Secret(std::move(bytes));
}

Secret fromBase64(std::string_view text) {
  std::string padded(text);
  for (char& c : padded) c = c == '-' ? '+' : c == '_' ? '/' : c;
  if (padded.size() == 43) padded.push_back('=');
  if (padded.size() != 44 || padded[42] == '=' || padded[43] != '=') return Secret();
  std::string bytes(33, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(padded.data()), 44);
  OPENSSL_cleanse(padded.data(), padded.size());
  if (size != 33) return Secret();
  bytes.resize(kKeyBytes);
  return Secret(std::move(bytes));
}

// Owns a file descriptor.
struct File {
  explicit File(int descriptor) : fd(descriptor) {}
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd;
};

enum class Privacy : uint8_t { Any, OwnerOnly };

Result<Secret> readKeyFile(const std::filesystem::path& path, Privacy privacy) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0) {
    return refuse(fmt::format("master key file {}: {}", path.string(), std::strerror(errno)));
  }
  if (privacy == Privacy::OwnerOnly && (info.st_mode & 077) != 0) {
    return refuse(
        fmt::format("master key file {} can be read by others: chmod 600 it", path.string()));
  }
  std::string text(kMaxFileBytes, '\0');
  const ssize_t size = ::read(file.fd, text.data(), text.size());
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  const Secret content(std::move(text));
  Result<Secret> key = parseMasterKey(content.reveal());
  if (!key) key.error().message += fmt::format(" (file {})", path.string());
  return key;
}

void writeAll(int fd, std::string_view bytes, const std::filesystem::path& path) {
  if (::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
      ::fsync(fd) != 0) {
    throw std::runtime_error(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  }
}

void syncFolder(const std::filesystem::path& folder) {
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.fd >= 0) ::fsync(file.fd);
}

// Whole or not there, and on the disk before the first secret is sealed under it.
Secret createKeyFile(const std::filesystem::path& path) {
  std::string bytes(kKeyBytes, '\0');
  randomBytes(bytes.data(), bytes.size());
  Secret key(std::move(bytes));
  const Secret text(
      hex(reinterpret_cast<const uint8_t*>(key.reveal().data()), key.reveal().size()) + "\n");
  const std::filesystem::path unfinished = path.string() + ".new";
  const File file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.fd < 0) {
    throw std::runtime_error(fmt::format("{}: {}", unfinished.string(), std::strerror(errno)));
  }
  writeAll(file.fd, text.reveal(), unfinished);
  std::filesystem::rename(unfinished, path);
  syncFolder(path.parent_path());
  return key;
}

}  // namespace

Result<Secret> parseMasterKey(std::string_view text) {
  const std::string_view trimmed = trimAll(text);
  Secret key = trimmed.size() == 2 * kKeyBytes ? fromHex(trimmed) : fromBase64(trimmed);
  if (key.reveal().size() == kKeyBytes) return key;
  return refuse("the master key must be 32 bytes, as 64 hex digits or as base64");
}

Result<Secret> loadMasterKey(const MasterKeySource& source, IfMissing if_missing) {
  if (source.value) return parseMasterKey(source.value->reveal());
  if (source.file) return readKeyFile(*source.file, Privacy::Any);
  if (std::filesystem::exists(source.own_file)) {
    return readKeyFile(source.own_file, Privacy::OwnerOnly);
  }
  if (if_missing == IfMissing::Create) return createKeyFile(source.own_file);
  return refuse(
      fmt::format("{} is missing: the store's secrets cannot be read without the master "
                  "key. Restore the file or set PENSTOCK_MASTER_KEY",
                  source.own_file.string()));
}

}  // namespace penstock::storage
