#pragma once

#include <cstddef>
#include <string_view>

// What a pattern cannot say of what it found: checksums, lengths, randomness. Each is given the
// text around too, but may look at one byte before and one after the match only, since a stream's
// reader has no more.
namespace penstock::guard {

// False: it is none. May narrow the match.
using Check = bool (*)(std::string_view text, size_t& begin, size_t& end);

bool isEmail(std::string_view text, size_t& begin, size_t& end);
bool isPhone(std::string_view text, size_t& begin, size_t& end);
bool isPaymentCard(std::string_view text, size_t& begin, size_t& end);
bool isIban(std::string_view text, size_t& begin, size_t& end);
bool isSsn(std::string_view text, size_t& begin, size_t& end);
bool isIpAddress(std::string_view text, size_t& begin, size_t& end);
// "password = …": narrows to what is assigned, if that looks made by chance.
bool isCredential(std::string_view text, size_t& begin, size_t& end);
// Letters and digits mixed, no placeholder.
bool isRandom(std::string_view text, size_t& begin, size_t& end);

}  // namespace penstock::guard
