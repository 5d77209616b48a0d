#include "gateway/settings.h"

#include <algorithm>
#include <thread>

#include "base/text.h"

namespace penstock {

GatewayOptions normalised(GatewayOptions options) {
  if (options.ephemeral) {
    options.proxy_listen = "127.0.0.1:0";
    options.manage_listen = "127.0.0.1:0";
  }
  if (options.threads <= 0) {
    options.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 16U));
  }
  for (std::string& host : options.manage_hosts) host = asciiLower(host);
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    throw std::runtime_error("a TLS listener needs both a certificate and a key");
  }
  return options;
}

Logger::Options logOptions(const GatewayOptions& options) {
  return {
      .format = options.log_format == GatewayLogFormat::Json ? LogFormat::Json : LogFormat::Text,
      .level = options.quiet ? LogLevel::Warn : LogLevel::Info};
}

store::Store::Options storeOptions(const GatewayOptions& options, const DataFolder& folder) {
  store::Store::Options store{.data_dir = folder.path()};
  if (!options.master_key.empty()) store.master_key = Secret(options.master_key);
  if (!options.master_key_file.empty()) store.master_key_file = options.master_key_file;
  return store;
}

proxy::ProxyOptions proxyOptions(const GatewayOptions& options) {
  proxy::ProxyOptions proxy;
  proxy.timeouts = {options.connect_timeout, options.first_byte_timeout, options.idle_timeout,
                    options.total_timeout};
  proxy.image_first_byte = options.image_timeout;
  proxy.max_response_bytes = options.max_response_bytes;
  proxy.max_body_bytes = options.max_body_bytes;
  proxy.max_file_bytes = options.max_file_bytes;
  proxy.max_audio_bytes = options.max_audio_bytes;
  proxy.max_inlined_bytes = options.inlined_bytes;
  proxy.max_in_flight = static_cast<int64_t>(options.max_in_flight);
  proxy.rate_limit_rpm = options.rate_limit_rpm;
  return proxy;
}

responses::Keeper::Options keeperOptions(const GatewayOptions& options) {
  responses::Keeper::Options keeper;
  keeper.keep_for = int64_t{options.response_days} * 86'400'000;
  keeper.total_bytes = options.responses_bytes;
  keeper.most_bytes = options.response_bytes;
  return keeper;
}

executor::Options executorOptions(const GatewayOptions& options) {
  executor::Options executor;
  executor.lines_at_once = std::max<uint64_t>(options.max_batch_lines, 1);
  executor.lines_in_all = std::max<uint64_t>(options.max_batch_lines_total, 1);
  executor.max_line = options.max_body_bytes;
  executor.keep_days = std::max<int64_t>(options.file_days, 1);
  executor.max_bytes = options.file_bytes;
  return executor;
}

http::ServerLimits serverLimits(const GatewayOptions& options) {
  http::ServerLimits limits;
  limits.body_bytes = options.max_body_bytes;
  limits.spool_bytes = options.spool_bytes;
  limits.connections = options.max_connections;
  return limits;
}

std::shared_ptr<http::TlsContext> listenerTls(const GatewayOptions& options) {
  if (options.tls_cert.empty()) return nullptr;
  return orThrow(http::TlsContext::server(options.tls_cert, options.tls_key));
}

std::string urlOf(const GatewayOptions& options, const std::string& listen_address, uint16_t port) {
  std::string host = listen_address.substr(0, listen_address.rfind(':'));
  if (host.empty() || host == "*" || host == "0.0.0.0") host = "127.0.0.1";
  return (options.tls_cert.empty() ? "http://" : "https://") + host + ":" + std::to_string(port);
}

}  // namespace penstock
