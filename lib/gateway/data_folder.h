#pragma once

#include <filesystem>
#include <string>

namespace penstock {

// The folder of the store: a given one, or a temporary one that is removed at the end.
class DataFolder {
 public:
  enum class Kind : unsigned char { Kept, Temporary };
  DataFolder(Kind kind, const std::string& path);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  const Kind kind_;
  std::filesystem::path path_;
};

}  // namespace penstock
