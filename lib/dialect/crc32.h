#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::dialect {

// CRC-32 of IEEE 802.3, as zip files and AWS's event streams have it.
uint32_t crc32(std::string_view bytes);

}  // namespace penstock::dialect
