#pragma once

#include <optional>

#include "penstock/gateway.h"
#include "telemetry/collector.h"
#include "telemetry/exporter.h"

namespace penstock {

// Where the options want spans to go; nothing when they name no endpoint. Throws std::runtime_error
// with a message for the operator when they are wrong or the headers' file cannot be read.
std::optional<telemetry::Collector> spanCollector(const GatewayOptions& options);

telemetry::Exporter::Options spanExporterOptions(const GatewayOptions& options);

}  // namespace penstock
