#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/secret.h"
#include "http/client.h"

// AWS Signature Version 4 (docs.aws.amazon.com/IAM: "Create a signed AWS API request"). Pure.
namespace penstock::provider {

struct AwsKeys {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;  // of temporary keys; empty: there is none
};

struct SigningScope {
  std::string region;   // "eu-central-1"
  std::string service;  // "bedrock"
  UnixMillis now = 0;   // more than five minutes off is refused by AWS
};

// Adds X-Amz-Date, X-Amz-Security-Token where there is one, and Authorization. Signed are these,
// the host and whatever headers are there already; they must not be changed afterwards, nor the
// method, the path or the body.
void signV4(const AwsKeys& keys, const SigningScope& scope, http::ClientRequest& request);

// The steps, for those who compare them with AWS's published vectors.
//
// The path as it is canonicalised: dot segments and empty ones resolved, every byte but
// [A-Za-z0-9-._~/] encoded. What is encoded on the wire ("%3A") is so once more ("%253A"), as all
// services but S3 want it.
std::string canonicalPath(std::string_view path);
// Parameters encoded and sorted.
std::string canonicalQuery(std::string_view query);
// Everything that is signed, as one text. `headers` hold the host.
std::string canonicalRequest(const http::ClientRequest& request, const http::Headers& headers);
Sha256 signingKey(const Secret& secret_access_key, std::string_view date, std::string_view region,
                  std::string_view service);

}  // namespace penstock::provider
