#pragma once

namespace penstock {

// 128-bit integers are a GNU extension; this spelling is silent under -Wpedantic.
// NOLINTBEGIN(modernize-use-using): __extension__ does not go with an alias.
__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;
// NOLINTEND(modernize-use-using)

}  // namespace penstock
