#pragma once

#include "provider/token.h"

// Private to provider/: the flows, a file a cloud.
namespace penstock::provider {

std::unique_ptr<TokenFlow> googleFlow(const model::Provider& provider, const TokenContext& context);
std::unique_ptr<TokenFlow> entraFlow(const model::Provider& provider, const TokenContext& context);
std::unique_ptr<TokenFlow> awsFlow(const model::Provider& provider, const TokenContext& context);

// "the credential could not be obtained: …".
ApiError noToken(std::string why, std::string detail = {});
// Of an answer that is no 2xx: its status, and OAuth's word for it where it has one.
ApiError tokenRefused(std::string_view from, int status, std::string_view body);

// What may travel in a header or a path: printable ASCII without spaces.
bool isSendable(std::string_view text);

// OAuth's {"access_token", "expires_in"}; Azure's metadata service writes the number as text.
Result<std::optional<Token>> readBearer(std::string_view from, int status, std::string_view body,
                                        UnixMillis now);

// "a=1&b=2", encoded.
std::string formOf(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

inline constexpr const char* kFormType = "application/x-www-form-urlencoded";

}  // namespace penstock::provider
