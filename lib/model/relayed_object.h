#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace penstock::model {

enum class ObjectKind : uint8_t { File, Batch };
// Whose API an object is of.
enum class ObjectSurface : uint8_t { OpenAi, Anthropic };

constexpr std::string_view objectKindName(ObjectKind kind) {
  return kind == ObjectKind::File ? "file" : "batch";
}
constexpr std::string_view objectSurfaceName(ObjectSurface surface) {
  return surface == ObjectSurface::OpenAi ? "openai" : "anthropic";
}

// A file or a batch that lives at a provider, or is kept here, and whose it is. Only its project's
// keys may see it, though projects share the provider's account.
struct RelayedObject {
  int64_t seq = 0;          // order of arrival; the store gives it
  std::string provider_id;  // empty: it is kept here
  std::string id;           // the provider's, unique with provider_id
  ObjectKind kind = ObjectKind::File;
  ObjectSurface surface = ObjectSurface::OpenAi;
  std::string project_id;
  std::string api_key_id;  // that made it
  std::string batch_id;    // of a file that came out of a batch; else empty
  std::string purpose;     // of a file
  std::string status;      // in the provider's words
  std::string object;      // JSON as the provider showed it last; empty: it has not yet
  std::string plan;        // JSON of batch/plan.h; empty where there is none
  UnixMillis created_at = 0;
  // Of a batch whose cost was charged; of one that is executed here, from its beginning, since each
  // of its requests is charged by itself.
  std::optional<UnixMillis> settled_at;

  bool isHere() const { return provider_id.empty(); }
  bool operator==(const RelayedObject&) const = default;
};

}  // namespace penstock::model
