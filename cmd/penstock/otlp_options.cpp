#include "otlp_options.h"

#include <cstdlib>
#include <string>

namespace penstock::cli {
namespace {

constexpr const char* kServiceName = "--otlp-service-name";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

void addOtlpOptions(CLI::App& command, GatewayOptions& gateway) {
  const auto setting = [&](const char* flag, const char* name, auto& value, const char* help) {
    return command.add_option(flag, value, help)->envname(name)->group("OpenTelemetry");
  };
  setting("--otlp-endpoint", "PENSTOCK_OTLP_ENDPOINT", gateway.otlp_endpoint,
          "Collector that takes spans by OTLP/HTTP, as http://localhost:4318; /v1/traces is "
          "appended. Without one none are made");
  command
      .add_option("--otlp-header", gateway.otlp_headers,
                  "NAME=VALUE sent to it, may be repeated; others can see it in the process list: "
                  "for secrets use the file or the variable PENSTOCK_OTLP_HEADERS "
                  "(name=value,name=value, percent-encoded)")
      ->allow_extra_args(false)
      ->group("OpenTelemetry");
  setting("--otlp-headers-file", "PENSTOCK_OTLP_HEADERS_FILE", gateway.otlp_headers_file,
          "File with such headers, one a line");
  setting("--otlp-sample-ratio", "PENSTOCK_OTLP_SAMPLE_RATIO", gateway.otlp_sample_ratio,
          "Share of the traces that start here which is exported; a caller's traceparent decides "
          "about its own")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  setting(kServiceName, "PENSTOCK_OTLP_SERVICE_NAME", gateway.otlp_service_name,
          "service.name of the spans")
      ->capture_default_str();
  command
      .add_flag("--otlp-private,!--no-otlp-private", gateway.otlp_private,
                "Whether the collector may live on a loopback or private address (default: yes)")
      ->envname("PENSTOCK_OTLP_PRIVATE")
      ->group("OpenTelemetry");
  command
      .add_flag("--otlp-include-end-user", gateway.otlp_include_end_user,
                "Tell the collector which end user asked (enduser.id)")
      ->envname("PENSTOCK_OTLP_INCLUDE_END_USER")
      ->group("OpenTelemetry");
}

void readOtlpEnvironment(const CLI::App& command, GatewayOptions& gateway) {
  gateway.otlp_encoded_headers = variable("PENSTOCK_OTLP_HEADERS");
  if (command.count(kServiceName) == 0) {
    const std::string name = variable("OTEL_SERVICE_NAME");
    if (!name.empty()) gateway.otlp_service_name = name;
  }
  if (!gateway.otlp_endpoint.empty()) return;
  gateway.otlp_endpoint = variable("OTEL_EXPORTER_OTLP_ENDPOINT");
  const bool own_headers = !gateway.otlp_headers.empty() || !gateway.otlp_headers_file.empty() ||
                           !gateway.otlp_encoded_headers.empty();
  if (!own_headers) gateway.otlp_encoded_headers = variable("OTEL_EXPORTER_OTLP_HEADERS");
}

}  // namespace penstock::cli
