#include "gateway/telemetry.h"

#include <fstream>
#include <stdexcept>
#include <string>

#include "base/text.h"

namespace penstock {
namespace {

void orThrow(const Status& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

// NAME=VALUE a line; empty lines and those that begin with # are passed over.
void addHeadersOfFile(telemetry::Collector& collector, const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read the OTLP headers file " + path);
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (trim(line).empty() || line.starts_with('#')) continue;
    orThrow(telemetry::addHeader(collector, line));
  }
}

}  // namespace

std::optional<telemetry::Collector> spanCollector(const GatewayOptions& options) {
  if (options.otlp_endpoint.empty()) return std::nullopt;
  auto collector = telemetry::parseCollector(options.otlp_endpoint);
  if (!collector) throw std::runtime_error(collector.error().message);
  // The operator's own address, not a tenant's: collectors usually run beside the gateway.
  collector->origin.allow_private = options.otlp_private;
  for (const std::string& header : options.otlp_headers) {
    orThrow(telemetry::addHeader(*collector, header));
  }
  orThrow(telemetry::addEncodedHeaders(*collector, options.otlp_encoded_headers));
  if (!options.otlp_headers_file.empty()) addHeadersOfFile(*collector, options.otlp_headers_file);
  return *std::move(collector);
}

telemetry::Exporter::Options spanExporterOptions(const GatewayOptions& options) {
  if (!(options.otlp_sample_ratio >= 0 && options.otlp_sample_ratio <= 1)) {
    throw std::runtime_error("otlp_sample_ratio must be between 0 and 1");
  }
  telemetry::Exporter::Options exporter;
  exporter.spans.service_name = options.otlp_service_name;
  exporter.spans.end_user =
      options.otlp_include_end_user ? telemetry::EndUser::Include : telemetry::EndUser::Omit;
  exporter.sample_ratio = options.otlp_sample_ratio;
  return exporter;
}

}  // namespace penstock
