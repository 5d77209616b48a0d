#include "telemetry/collector.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/fetch.h"
#include "json/document.h"

namespace penstock::telemetry {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kTracesPath = "/v1/traces";
// Ours to set: who gives one of these is mistaken about what it would do.
constexpr std::array<std::string_view, 6> kOwnHeaders = {
    "host",         "connection",       "content-length",
    "content-type", "content-encoding", "transfer-encoding"};
constexpr uint64_t kMaxAnswerBytes = 64 << 10;
constexpr size_t kMaxReasonBytes = 200;
constexpr milliseconds kConnectTimeout{5'000};

ApiError invalid(std::string message) {
  return {ErrorKind::InvalidRequest, "invalid_telemetry_option", std::move(message)};
}

bool isToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (asciiLower(c) >= 'a' && asciiLower(c) <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool isHeaderValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

Status setHeader(Collector& collector, std::string_view name, std::string value) {
  if (!isToken(name)) return invalid("an OTLP header must be NAME=VALUE");
  if (!isHeaderValue(value)) {
    return invalid("the value of the OTLP header " + std::string(name) +
                   " holds control characters");
  }
  const std::string lower = asciiLower(name);
  if (std::find(kOwnHeaders.begin(), kOwnHeaders.end(), lower) != kOwnHeaders.end()) {
    return invalid("the OTLP header " + std::string(name) + " is not yours to set");
  }
  collector.headers.emplace_back(name, Secret(std::move(value)));
  return Unit{};
}

http::ClientRequest requestOf(const Collector& collector, const std::string& body,
                              milliseconds timeout) {
  http::ClientRequest request;
  request.origin = collector.origin;
  request.path = collector.path;
  request.headers.add("Content-Type", "application/json");
  request.headers.add("Accept", "application/json");
  request.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION);
  for (const auto& [name, value] : collector.headers) {
    request.headers.add(name, value.reveal());
  }
  request.body = {body};
  request.timeouts = {std::min(kConnectTimeout, timeout), timeout, timeout, timeout};
  return request;
}

// {"partialSuccess":{"rejectedSpans":"3","errorMessage":"…"}}; most say {} or nothing. Either
// member may be missing, and the number may be one.
Sent taken(const std::string& body) {
  Sent sent;
  const auto document = json::parse(body);
  if (!document) return sent;
  const auto partial = document->root().find("partialSuccess");
  if (!partial) return sent;
  sent.reason =
      std::string(partial->stringAt("errorMessage").value_or("")).substr(0, kMaxReasonBytes);
  if (const auto number = partial->intAt("rejectedSpans")) {
    sent.rejected = std::max<int64_t>(*number, 0);
  } else if (const auto text = partial->stringAt("rejectedSpans")) {
    sent.rejected = static_cast<int64_t>(parseUnsigned(*text).value_or(0));
  }
  return sent;
}

// The statuses that OTLP wants retried, and no others.
bool isRetryable(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

// Seconds; the form with a date is not worth its parser, the usual pause does.
std::optional<milliseconds> retryAfter(std::string_view header) {
  constexpr uint64_t kDay = 86'400;
  const auto value = parseUnsigned(header);
  if (!value) return std::nullopt;
  return std::chrono::seconds(std::min(*value, kDay));
}

Sent judge(const http::Fetched& answer) {
  if (answer.status >= 200 && answer.status < 300) return taken(answer.body);
  const std::string reason = "status " + std::to_string(answer.status);
  if (!isRetryable(answer.status)) return {Sent::Outcome::Refused, reason};
  return {Sent::Outcome::TryAgain, reason, 0, retryAfter(answer.header("retry-after"))};
}

// What another try cannot mend: the collector's address is not allowed, or it does not speak HTTP.
Sent judge(const http::Failure& failure) {
  using Kind = http::FailureKind;
  const bool lasting = failure.kind == Kind::EgressRefused || failure.kind == Kind::TooLarge;
  return {lasting ? Sent::Outcome::Refused : Sent::Outcome::TryAgain,
          http::failureName(failure.kind)};
}

}  // namespace

Result<Collector> parseCollector(std::string_view url) {
  auto base = http::parseBaseUrl(url);
  if (!base) {
    return invalid(
        "the OTLP endpoint must be http://HOST[:PORT][/PATH] or https://…, without user info, "
        "query and fragment");
  }
  Collector collector{std::move(base->origin), std::move(base->path), {}};
  if (!collector.path.ends_with(kTracesPath)) collector.path.append(kTracesPath);
  return collector;
}

Status addHeader(Collector& collector, std::string_view name_and_value) {
  const size_t equals = name_and_value.find('=');
  if (equals == std::string_view::npos) return invalid("an OTLP header must be NAME=VALUE");
  return setHeader(collector, trim(name_and_value.substr(0, equals)),
                   std::string(trim(name_and_value.substr(equals + 1))));
}

Status addEncodedHeaders(Collector& collector, std::string_view list) {
  Status status = Unit{};
  split(list, ',', [&](std::string_view part) {
    if (trim(part).empty() || !status) return;
    const size_t equals = part.find('=');
    auto value = equals == std::string_view::npos ? std::nullopt
                                                  : percentDecode(trim(part.substr(equals + 1)));
    status = value ? setHeader(collector, trim(part.substr(0, equals)), *std::move(value))
                   : invalid("the OTLP headers must be NAME=VALUE,NAME=VALUE, percent-encoded");
  });
  return status;
}

Send sendThrough(http::Loop& loop, http::Client& client, Collector collector) {
  return [&loop, &client, collector = std::move(collector)](const std::string& body,
                                                            milliseconds timeout) {
    const auto answer =
        http::fetch(loop, client, requestOf(collector, body, timeout), kMaxAnswerBytes);
    return answer ? judge(*answer) : judge(answer.error());
  };
}

}  // namespace penstock::telemetry
