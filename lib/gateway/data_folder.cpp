#include "gateway/data_folder.h"

#include <cstdlib>
#include <stdexcept>

namespace penstock {

DataFolder::DataFolder(Kind kind, const std::string& path) : kind_(kind), path_(path) {
  if (kind_ == Kind::Kept) return;
  std::string pattern = (std::filesystem::temp_directory_path() / "penstock-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("cannot make a temporary folder");
  path_ = pattern;
}

DataFolder::~DataFolder() {
  std::error_code ignored;  // nothing to do about a folder that will not go
  if (kind_ == Kind::Temporary) std::filesystem::remove_all(path_, ignored);
}

}  // namespace penstock
