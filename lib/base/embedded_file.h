#pragma once

#include <string_view>

namespace penstock::embedded {

// A file compiled into the binary; see cmake/Embed.cmake.
struct File {
  std::string_view name;
  std::string_view content;
};

}  // namespace penstock::embedded
