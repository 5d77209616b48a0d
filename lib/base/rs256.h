#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace penstock {

// The signature of a JWT's RS256: RSASSA-PKCS1-v1_5 with SHA-256, raw bytes. The key is an RSA
// private key as PEM (PKCS #8 or PKCS #1), without a pass phrase; else Unprocessable/
// "invalid_private_key".
Result<std::string> signRs256(const Secret& private_key, std::string_view text);

// Whether signRs256() would take the key.
bool isRsaPrivateKey(const Secret& private_key);

}  // namespace penstock
