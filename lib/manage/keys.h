#pragma once

#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "manage/change.h"

// What both kinds of keys have in common.
namespace penstock::manage {

// The end of every key: expires_at, revoked_at, previous_expires_at, created_at.
template <typename Key>
void writeKeyTimes(json::Writer& out, const Key& key) {
  writeTime(out, "expires_at", key.expires_at);
  writeTime(out, "revoked_at", key.revoked_at);
  writeTime(out, "previous_expires_at", key.previous_expires_at);
  writeTime(out, "created_at", key.created_at);
}

// The key that the path names, still usable: 409 <type>_revoked otherwise.
template <typename Key>
Result<Key> loadUnrevoked(Change& change, const Kind<Key>& kind) {
  auto key = change.load(kind, "key_id");
  if (!key || !key->revoked_at) return key;
  ApiError error{ErrorKind::Conflict, std::string(kind.type) + "_revoked", "the key is revoked"};
  error.resource = kind.type;
  error.id = key->id;
  return error;
}

// `overlap_seconds` of a rotation's body, which may be absent: until when the old secret works.
Result<std::optional<UnixMillis>> readOverlap(const Call& call);

}  // namespace penstock::manage
