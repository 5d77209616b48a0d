#pragma once

#include <CLI/CLI.hpp>

#include "penstock/gateway.h"

namespace penstock::cli {

// The flags of `serve` that say where spans go.
void addOtlpOptions(CLI::App& command, GatewayOptions& gateway);

// What only the environment may say: PENSTOCK_OTLP_HEADERS, and OpenTelemetry's own variables where
// ours say nothing. OTEL_EXPORTER_OTLP_HEADERS counts only with OTEL_EXPORTER_OTLP_ENDPOINT: what
// authorises us there is no other collector's business.
void readOtlpEnvironment(const CLI::App& command, GatewayOptions& gateway);

}  // namespace penstock::cli
