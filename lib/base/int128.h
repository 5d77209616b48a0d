#pragma once

namespace penstock {

// 128-bit integers are a GNU extension; this spelling is silent under -Wpedantic.
__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

}  // namespace penstock
