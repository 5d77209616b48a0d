// Gives every target its corpus again: what fuzzing found once stays found, without clang. Fails
// where a target has no corpus or a folder of it no target; a property that does not hold aborts.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/targets.h"

namespace fs = std::filesystem;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: replay CORPUS\n");
    return 2;
  }
  const fs::path corpus = argv[1];
  bool complete = true;
  for (const auto& target : penstock::fuzz::targets()) {
    int files = 0;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(corpus / target.name, none)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      std::printf("%s\n", entry.path().c_str());
      std::fflush(stdout);  // the last line says what aborted
      target.run(bytes);
      ++files;
    }
    if (files > 0) continue;
    std::fprintf(stderr, "no corpus: %s\n", std::string(target.name).c_str());
    complete = false;
  }
  for (const auto& entry : fs::directory_iterator(corpus)) {
    if (penstock::fuzz::findTarget(entry.path().filename().string()) != nullptr) continue;
    std::fprintf(stderr, "no target: %s\n", entry.path().c_str());
    complete = false;
  }
  return complete ? 0 : 1;
}
