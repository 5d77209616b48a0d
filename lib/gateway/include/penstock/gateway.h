#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The embedding API: a whole Penstock gateway inside a C++ program, such as an integration test.
//
//   auto gateway = penstock::Gateway::start({.ephemeral = true});
//   client.connect(gateway.proxyUrl() + "/v1", gateway.projectKey());
namespace penstock {

enum class GatewayLogFormat : uint8_t { Text, Json };

struct GatewayOptions {
  // Store in a temporary folder that is removed at the end, and both ports free ones.
  bool ephemeral = false;
  std::string data_dir = "penstock-data";
  // ADDRESS:PORT; port 0 is any free port.
  std::string proxy_listen = "127.0.0.1:8080";
  std::string manage_listen = "127.0.0.1:5100";
  // PEM files; with both set, both listeners speak TLS.
  std::string tls_cert, tls_key;
  // Adds the built-in demo provider to an existing store that lacks it.
  bool demo = false;
  // Key that seals provider credentials: 32 bytes in hex or base64. Else the file; else
  // DATA_DIR/master.key, which a fresh store creates.
  std::string master_key, master_key_file;
  // PEM bundle to verify upstreams with instead of the system's.
  std::string ca_file;

  int threads = 0;  // event loops; 0: one a processor
  std::chrono::seconds drain{30};

  // Limits; see `penstock serve --help`.
  uint64_t max_body_bytes = 32ULL << 20;
  uint64_t max_file_bytes = 256ULL << 20;  // of files that are uploaded
  uint64_t spool_bytes = 1ULL << 20;  // of an upload's body in memory; a larger one is in a file
  uint64_t max_response_bytes = 64ULL << 20;
  uint64_t max_audio_bytes = 25ULL << 20;  // of a recording that is to be transcribed
  uint64_t inlined_bytes = 512ULL << 20;   // of files put into requests by their ids, at once
  uint64_t max_connections = 20'000;
  uint64_t max_in_flight = 10'000;
  // Requests at once of batches that are executed here: of one batch, and of all together.
  uint64_t max_batch_lines = 4, max_batch_lines_total = 16;
  uint64_t cache_bytes = 64ULL << 20;  // of kept answers; 0: none are kept
  int64_t rate_limit_rpm = 600;        // of project keys without a limit of their own
  int64_t manage_rate_limit_rpm = 60;  // of management keys without a limit of their own
  // Names under which the management API is served, beside localhost and addresses: any other Host
  // is refused, against DNS rebinding.
  std::vector<std::string> manage_hosts;
  // The wall clock, in milliseconds since the epoch, for tests that own time; else the system's.
  std::function<int64_t()> wall_clock;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds first_byte_timeout{120'000};
  std::chrono::milliseconds image_timeout{300'000};  // the same of images
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds total_timeout{600'000};
  std::chrono::milliseconds log_flush{200};
  int log_days = 30;
  int64_t log_bytes = int64_t{2} << 30;
  // Of the Responses API: how long responses are kept to be gone on from (0: none are), and how
  // much of one, its own input included, and of all.
  int response_days = 30;
  uint64_t response_bytes = 8ULL << 20;
  int64_t responses_bytes = int64_t{2} << 30;
  int64_t file_days = 30;             // that files and batches are kept here
  uint64_t file_bytes = 10ULL << 30;  // beyond which no more files are taken

  // The relay that mails of alerts go through: smtp://[user@]host[:port] or smtps://…; empty: none
  // are sent. `smtp_starttls`: "auto", "required" or "off"; without TLS no password is sent, unless
  // it is off.
  std::string smtp_url, smtp_from, smtp_password, smtp_password_file;
  std::string smtp_starttls = "auto";

  // The OpenTelemetry collector that spans go to, over OTLP/HTTP: "http://localhost:4318"; empty:
  // none are made. Headers, which may be secret: NAME=VALUE each; the same percent-encoded, with
  // commas between; and a file with one a line. Unless `otlp_private`, the collector may not live
  // on a loopback or private address.
  std::string otlp_endpoint;
  std::vector<std::string> otlp_headers;
  std::string otlp_encoded_headers, otlp_headers_file;
  bool otlp_private = true;
  std::string otlp_service_name = "penstock";
  double otlp_sample_ratio = 1;        // of the traces that start here; callers' flags are obeyed
  bool otlp_include_end_user = false;  // tells the collector who asked

  GatewayLogFormat log_format = GatewayLogFormat::Text;
  bool quiet = false;  // no log lines below warnings
};

// A running gateway. Movable; the destructor stops it. One controlling thread.
class Gateway {
 public:
  // Opens the store, starts both listeners and returns when they accept. Throws std::runtime_error
  // with a message for the operator when it cannot (folder in use, port taken, wrong master key).
  static Gateway start(GatewayOptions options);

  Gateway(Gateway&&) noexcept;
  Gateway& operator=(Gateway&&) noexcept;
  ~Gateway();

  const std::string& proxyUrl() const;   // "http://127.0.0.1:8080"
  const std::string& manageUrl() const;  // "http://127.0.0.1:5100"
  const std::string& dataDir() const;
  // The keys that this start created; empty when the store was not fresh.
  const std::string& projectKey() const;
  const std::string& managementKey() const;

  // Stop accepting, let requests finish within options.drain, settle, flush, stop. True when
  // everything had finished in time. Idempotent.
  bool stop();

  // Waits until every request answered so far stands in the request log.
  void flushLogs();

 private:
  class Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The route tables of both APIs, "METHOD /path" with the listener's name first, for tooling.
struct RouteName {
  std::string api;  // "proxy" or "manage"
  std::string method;
  std::string path;
};
std::vector<RouteName> routeNames();

}  // namespace penstock
