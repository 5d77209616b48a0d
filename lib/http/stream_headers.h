#pragma once

#include "http/headers.h"

namespace penstock::http {

// What every event stream of ours says: nobody between us and the caller is to keep it, or to hold
// it back (X-Accel-Buffering is nginx's).
inline void addStreamHeaders(Headers& headers) {
  headers.add("Cache-Control", "no-cache");
  headers.add("X-Accel-Buffering", "no");
}

}  // namespace penstock::http
