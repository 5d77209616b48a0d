#include "colour.h"

#include <unistd.h>

#include <cstdlib>

namespace penstock::cli {
namespace {

constexpr const char* kPlain = "\x1b[0m";

}  // namespace

Colour colourOf(int descriptor) {
  const bool wanted = ::isatty(descriptor) == 1 && std::getenv("NO_COLOR") == nullptr;
  return wanted ? Colour::Yes : Colour::No;
}

std::string painted(const std::string& text, const char* ink, Colour colour) {
  return colour == Colour::Yes ? ink + text + kPlain : text;
}

}  // namespace penstock::cli
