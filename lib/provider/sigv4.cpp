#include "provider/sigv4.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <vector>

#include "base/percent.h"
#include "base/text.h"

namespace penstock::provider {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string_view asText(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// "20150830T123600Z"
std::string amzDate(UnixMillis now) {
  const auto seconds = static_cast<std::time_t>(now / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[17];
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

// Runs of spaces are one.
std::string squeezed(std::string_view value) {
  std::string out;
  for (const char c : trim(value)) {
    if (c != ' ' || out.empty() || out.back() != ' ') out.push_back(c);
  }
  return out;
}

// By lower-case name; values of one name joined in the order in which they are sent.
std::map<std::string, std::string> canonicalHeaders(const http::Headers& headers) {
  std::map<std::string, std::string> sorted;
  for (const auto& [name, value] : headers) {
    auto [at, added] = sorted.emplace(asciiLower(name), squeezed(value));
    if (!added) at->second += "," + squeezed(value);
  }
  return sorted;
}

std::string signedNames(const std::map<std::string, std::string>& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

Sha256 bodyHash(const std::vector<std::string_view>& pieces) {
  if (pieces.size() == 1) return sha256(pieces.front());
  std::string whole;
  for (const std::string_view piece : pieces) whole += piece;
  return sha256(whole);
}

std::string encodedOnce(std::string_view text) {
  return percentEncode(percentDecode(text).value_or(std::string(text)));
}

}  // namespace

std::string canonicalPath(std::string_view path) {
  std::vector<std::string_view> segments;
  bool ends_with_slash = true;
  split(path, '/', [&](std::string_view segment) {
    ends_with_slash = segment.empty() || segment == "." || segment == "..";
    if (segment == ".." && !segments.empty()) segments.pop_back();
    if (!ends_with_slash) segments.push_back(segment);
  });
  std::string out;
  for (const std::string_view segment : segments) out += "/" + percentEncode(segment);
  if (out.empty() || ends_with_slash) out += "/";
  return out;
}

std::string canonicalQuery(std::string_view query) {
  if (query.empty()) return {};
  std::vector<std::pair<std::string, std::string>> parameters;
  split(query, '&', [&](std::string_view parameter) {
    const size_t equals = parameter.find('=');
    const bool bare = equals == std::string_view::npos;
    parameters.emplace_back(encodedOnce(parameter.substr(0, equals)),
                            bare ? "" : encodedOnce(parameter.substr(equals + 1)));
  });
  std::sort(parameters.begin(), parameters.end());
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += "&";
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string canonicalRequest(const http::ClientRequest& request, const http::Headers& headers) {
  const std::string_view target = request.path;
  const size_t mark = target.find('?');
  const auto sorted = canonicalHeaders(headers);
  std::string out = request.method + "\n" + canonicalPath(target.substr(0, mark)) + "\n";
  if (mark != std::string_view::npos) out += canonicalQuery(target.substr(mark + 1));
  out += "\n";
  for (const auto& [name, value] : sorted) out.append(name).append(":").append(value).append("\n");
  return out + "\n" + signedNames(sorted) + "\n" + hex(bodyHash(request.body));
}

Sha256 signingKey(const Secret& secret_access_key, std::string_view date, std::string_view region,
                  std::string_view service) {
  const Secret start("AWS4" + std::string(secret_access_key.reveal()));
  const Sha256 of_date = hmacSha256(start.reveal(), date);
  const Sha256 of_region = hmacSha256(asText(of_date), region);
  const Sha256 of_service = hmacSha256(asText(of_region), service);
  return hmacSha256(asText(of_service), "aws4_request");
}

void signV4(const AwsKeys& keys, const SigningScope& scope, http::ClientRequest& request) {
  const std::string when = amzDate(scope.now);
  const std::string date = when.substr(0, 8);
  request.headers.add("X-Amz-Date", when);
  if (!keys.session_token.empty()) {
    request.headers.add("X-Amz-Security-Token", keys.session_token.reveal());
  }
  http::Headers covered = request.headers;
  covered.add("Host", request.origin.host_header);
  const std::string range = date + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const std::string to_sign = std::string(kAlgorithm) + "\n" + when + "\n" + range + "\n" +
                              hex(sha256(canonicalRequest(request, covered)));
  const Sha256 key = signingKey(keys.secret_access_key, date, scope.region, scope.service);
  request.headers.add("Authorization",
                      std::string(kAlgorithm) + " Credential=" + keys.access_key_id + "/" + range +
                          ", SignedHeaders=" + signedNames(canonicalHeaders(covered)) +
                          ", Signature=" + hex(hmacSha256(asText(key), to_sign)));
}

}  // namespace penstock::provider
