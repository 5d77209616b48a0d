// libFuzzer's entry: `fuzz --target=NAME [libFuzzer's flags] CORPUS…`, or `fuzz --list`.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "fuzz/targets.h"

namespace {

const penstock::fuzz::Target* chosen = nullptr;

}  // namespace

// libFuzzer passes over flags that begin with two dashes.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view kFlag = "--target=";
  for (int i = 1; i < *argc; ++i) {
    const std::string_view argument = (*argv)[i];
    if (argument == "--list") {
      for (const auto& target : penstock::fuzz::targets())
        std::printf("%.*s\n", static_cast<int>(target.name.size()), target.name.data());
      std::exit(0);
    }
    if (argument.starts_with(kFlag))
      chosen = penstock::fuzz::findTarget(argument.substr(kFlag.size()));
  }
  if (chosen == nullptr) {
    std::fprintf(stderr, "fuzz: --target=NAME is needed; --list has the names\n");
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
