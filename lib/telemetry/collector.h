#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "http/client.h"
#include "http/loop.h"
#include "telemetry/delivery.h"

namespace penstock::telemetry {

// Where spans go: an OpenTelemetry collector, or whatever else takes OTLP over HTTP.
struct Collector {
  http::Origin origin;
  std::string path;  // may hold a secret, so it is never logged
  std::vector<std::pair<std::string, Secret>> headers;
};

// "http://localhost:4318" → POST /v1/traces there; a path that does not end so already is put
// before it. The origin may not be private until the caller says so. The errors' messages are for
// the operator and repeat nothing of the URL.
Result<Collector> parseCollector(std::string_view url);

// "Authorization=Bearer abc": what follows the first '=' is the value. Refuses what is no header,
// and those that are the client's own to set. The message names the header, never its value.
Status addHeader(Collector& collector, std::string_view name_and_value);

// "name=value,name2=a%20value": the form of OTEL_EXPORTER_OTLP_HEADERS.
Status addEncodedHeaders(Collector& collector, std::string_view list);

// Sends through the loop's client, which outlive the sender; blocks its caller.
Send sendThrough(http::Loop& loop, http::Client& client, Collector collector);

}  // namespace penstock::telemetry
