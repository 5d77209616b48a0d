#include "executor/media_type.h"

#include <algorithm>

#include "base/text.h"
#include "json/scan.h"

namespace penstock::executor {
namespace {

constexpr std::string_view kBytes = "application/octet-stream";

struct Signature {
  std::string_view start;
  std::string_view media_type;
};
constexpr Signature kSignatures[] = {
    {"%PDF-", "application/pdf"},   {"\x89PNG\r\n\x1A\n", "image/png"},
    {"\xFF\xD8\xFF", "image/jpeg"}, {"GIF87a", "image/gif"},
    {"GIF89a", "image/gif"},
};

// "image/png; q=1" without what follows; empty for what is no media type.
std::string plainType(std::string_view declared) {
  std::string type = asciiLower(trim(declared.substr(0, declared.find(';'))));
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("/.+-_").find(c) != std::string_view::npos;
  };
  const bool good = type.size() <= 127 && std::ranges::count(type, '/') == 1 &&
                    !type.starts_with('/') && !type.ends_with('/') &&
                    std::ranges::all_of(type, allowed);
  return good ? type : std::string();
}

}  // namespace

std::string mediaTypeOf(std::string_view content, std::string_view declared) {
  for (const Signature& known : kSignatures)
    if (content.starts_with(known.start)) return std::string(known.media_type);
  if (content.starts_with("RIFF") &&
      content.substr(std::min<size_t>(8, content.size()), 4) == "WEBP")
    return "image/webp";
  std::string type = plainType(declared);
  if (!type.empty() && type != kBytes) return type;
  return json::isText(content) ? "text/plain" : std::string(kBytes);
}

}  // namespace penstock::executor
