#include "serve.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include "json/writer.h"
#include "otlp_options.h"
#include "penstock/gateway.h"

namespace penstock::cli {
namespace {

struct ServeOptions {
  GatewayOptions gateway;
  std::string log_format = "text";
  std::string ready_file;
  int64_t drain_seconds = 30;
  bool greet = false;
};

// {"event":"ready",…} on one line: the contract of test suites that embed the binary (design.md 2).
std::string readyLine(const Gateway& gateway) {
  std::string line;
  json::Writer w(line);
  w.beginObject().field("event", "ready").field("version", PENSTOCK_VERSION);
  w.field("proxy_url", gateway.proxyUrl()).field("manage_url", gateway.manageUrl());
  w.field("data_dir", gateway.dataDir());
  if (!gateway.projectKey().empty()) w.field("project_key", gateway.projectKey());
  if (!gateway.managementKey().empty()) w.field("management_key", gateway.managementKey());
  w.endObject();
  return line + "\n";
}

// Appears whole or not at all, and only for its owner: it may hold the first keys.
void writeReadyFile(const std::string& path, const std::string& line) {
  const std::string temporary = path + ".tmp";
  ::unlink(temporary.c_str());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) throw std::runtime_error("cannot write " + temporary);
  const bool written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  ::close(fd);
  if (!written || ::rename(temporary.c_str(), path.c_str()) != 0)
    throw std::runtime_error("cannot write " + path);
}

// A first call that works, for people. Only when asked: a service's standard error is a log, where
// no key may go.
void greet(const Gateway& gateway) {
  if (gateway.projectKey().empty()) return;
  std::cerr << "\nPenstock is ready. Your first project key (shown once):\n  "
            << gateway.projectKey() << "\nYour management key (shown once):\n  "
            << gateway.managementKey() << "\nTry it:\n  curl " << gateway.proxyUrl()
            << "/v1/chat/completions -H 'Authorization: Bearer " << gateway.projectKey()
            << "' \\\n    -H 'Content-Type: application/json' \\\n    -d '"
            << R"({"model":"@default","messages":[{"role":"user","content":"Hello"}]})"
            << "'\n\n";
}

// Streams hold two descriptors each: take what the hard limit allows.
void raiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int serve(ServeOptions options) {
  options.gateway.log_format =
      options.log_format == "json" ? GatewayLogFormat::Json : GatewayLogFormat::Text;
  options.gateway.drain = std::chrono::seconds(options.drain_seconds);
  raiseFileLimit();
  // Blocked before any thread starts, so that only the sigwait below takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  try {
    Gateway gateway = Gateway::start(std::move(options.gateway));
    const std::string line = readyLine(gateway);
    if (!options.ready_file.empty()) writeReadyFile(options.ready_file, line);
    std::cout << line << std::flush;
    if (options.greet || isatty(STDERR_FILENO) != 0) greet(gateway);
    int signal = 0;
    sigwait(&signals, &signal);
    gateway.stop();
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "penstock: " << problem.what() << "\n";
    return 1;
  }
}

void addLimits(CLI::App& command, GatewayOptions& gateway) {
  const auto limit = [&](const char* flag, const char* variable, auto& value, const char* help) {
    command.add_option(flag, value, help)
        ->envname(variable)
        ->capture_default_str()
        ->group("Limits");
  };
  limit("--threads", "PENSTOCK_THREADS", gateway.threads, "Event loops; 0: one a processor");
  limit("--max-body-bytes", "PENSTOCK_MAX_BODY_BYTES", gateway.max_body_bytes,
        "Largest request body");
  limit("--max-file-bytes", "PENSTOCK_MAX_FILE_BYTES", gateway.max_file_bytes,
        "Largest file that is uploaded, where that is more");
  limit("--spool-bytes", "PENSTOCK_SPOOL_BYTES", gateway.spool_bytes,
        "Largest body of an upload held in memory; a larger one lies in the data folder");
  limit("--max-response-bytes", "PENSTOCK_MAX_RESPONSE_BYTES", gateway.max_response_bytes,
        "Largest answer taken from a provider");
  limit("--max-audio-bytes", "PENSTOCK_MAX_AUDIO_BYTES", gateway.max_audio_bytes,
        "Largest recording to be transcribed");
  limit("--inlined-bytes", "PENSTOCK_INLINED_BYTES", gateway.inlined_bytes,
        "Files that are put into requests by their ids, at once");
  limit("--max-connections", "PENSTOCK_MAX_CONNECTIONS", gateway.max_connections,
        "Client connections at once");
  limit("--max-in-flight", "PENSTOCK_MAX_IN_FLIGHT", gateway.max_in_flight,
        "Proxy requests served at once");
  limit("--max-batch-lines", "PENSTOCK_MAX_BATCH_LINES", gateway.max_batch_lines,
        "Requests at once of a batch that is executed here");
  limit("--max-batch-lines-total", "PENSTOCK_MAX_BATCH_LINES_TOTAL", gateway.max_batch_lines_total,
        "Requests at once of all such batches together");
  limit("--cache-bytes", "PENSTOCK_CACHE_BYTES", gateway.cache_bytes,
        "Memory for answers that routing configs have kept; 0: none are");
  limit("--rate-limit-rpm", "PENSTOCK_RATE_LIMIT_RPM", gateway.rate_limit_rpm,
        "Requests a minute of project keys without a limit of their own");
  limit("--manage-rate-limit-rpm,--manage-rate-limit", "PENSTOCK_MANAGE_RATE_LIMIT_RPM",
        gateway.manage_rate_limit_rpm,
        "Requests a minute of management keys without a limit of their own");
  limit("--log-days", "PENSTOCK_LOG_DAYS", gateway.log_days, "Days of request log kept");
  limit("--log-bytes", "PENSTOCK_LOG_BYTES", gateway.log_bytes, "Bytes of request log kept");
  limit("--response-days", "PENSTOCK_RESPONSE_DAYS", gateway.response_days,
        "Days that responses of the Responses API are kept to be gone on from; 0: none are");
  limit("--response-bytes", "PENSTOCK_RESPONSE_BYTES", gateway.response_bytes,
        "Largest of them, with its own input");
  limit("--responses-bytes", "PENSTOCK_RESPONSES_BYTES", gateway.responses_bytes,
        "Bytes of all of them kept");
  limit("--file-days", "PENSTOCK_FILE_DAYS", gateway.file_days,
        "Days that files and batches are kept here");
  limit("--file-bytes", "PENSTOCK_FILE_BYTES", gateway.file_bytes,
        "Bytes of files kept here beyond which no more are taken");
}

void addTimeouts(CLI::App& command, GatewayOptions& gateway) {
  const auto timeout = [&](const char* flag, const char* variable, std::chrono::milliseconds& value,
                           const char* help) {
    command
        .add_option_function<int64_t>(
            flag, [&value](int64_t millis) { value = std::chrono::milliseconds(millis); }, help)
        ->envname(variable)
        ->check(CLI::Range(int64_t{1}, int64_t{86'400'000}))
        ->default_str(std::to_string(value.count()))
        ->group("Upstream timeouts, in milliseconds");
  };
  timeout("--connect-timeout-ms", "PENSTOCK_CONNECT_TIMEOUT_MS", gateway.connect_timeout,
          "Name, TCP and TLS together");
  timeout("--first-byte-timeout-ms", "PENSTOCK_FIRST_BYTE_TIMEOUT_MS", gateway.first_byte_timeout,
          "From the request to the head of the answer");
  timeout("--image-timeout-ms", "PENSTOCK_IMAGE_TIMEOUT_MS", gateway.image_timeout,
          "The same where images are made, if that is longer");
  timeout("--idle-timeout-ms", "PENSTOCK_IDLE_TIMEOUT_MS", gateway.idle_timeout,
          "Between two reads of an answer");
  timeout("--total-timeout-ms", "PENSTOCK_TOTAL_TIMEOUT_MS", gateway.total_timeout,
          "The whole call");
}

void addMail(CLI::App& command, GatewayOptions& gateway) {
  const auto setting = [&](const char* flag, const char* variable, std::string& value,
                           const char* help) {
    return command.add_option(flag, value, help)->envname(variable)->group("Mail of alerts");
  };
  setting("--smtp-url", "PENSTOCK_SMTP_URL", gateway.smtp_url,
          "Relay: smtp://[user@]host[:port] or smtps://…; without one no mail is sent");
  setting("--smtp-from", "PENSTOCK_SMTP_FROM", gateway.smtp_from, "Sender's address");
  setting("--smtp-password-file", "PENSTOCK_SMTP_PASSWORD_FILE", gateway.smtp_password_file,
          "File with the password; or the variable PENSTOCK_SMTP_PASSWORD");
  setting("--smtp-starttls", "PENSTOCK_SMTP_STARTTLS", gateway.smtp_starttls,
          "auto, required or off; only off sends a password in the clear")
      ->check(CLI::IsMember({"auto", "required", "off"}))
      ->capture_default_str();
}

void addListeners(CLI::App& command, GatewayOptions& gateway) {
  command
      .add_option("--proxy-listen", gateway.proxy_listen,
                  "ADDRESS:PORT of the proxy API; port 0: any")
      ->envname("PENSTOCK_PROXY_LISTEN")
      ->capture_default_str();
  command
      .add_option("--manage-listen", gateway.manage_listen,
                  "ADDRESS:PORT of the management API; port 0: any")
      ->envname("PENSTOCK_MANAGE_LISTEN")
      ->capture_default_str();
  command
      .add_option("--manage-host", gateway.manage_hosts,
                  "Name under which the management API is reached, beside localhost and "
                  "addresses; may be repeated")
      ->envname("PENSTOCK_MANAGE_HOST")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--tls-cert", gateway.tls_cert, "PEM certificate chain for both listeners")
      ->envname("PENSTOCK_TLS_CERT");
  command.add_option("--tls-key", gateway.tls_key, "PEM key of that certificate")
      ->envname("PENSTOCK_TLS_KEY");
  command
      .add_option("--ca-file", gateway.ca_file,
                  "PEM bundle to verify providers with instead of the system's")
      ->envname("PENSTOCK_CA_FILE");
  command
      .add_option("--master-key-file", gateway.master_key_file,
                  "File with the key that seals provider credentials")
      ->envname("PENSTOCK_MASTER_KEY_FILE");
}

}  // namespace

void addServe(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServeOptions>();
  GatewayOptions& gateway = options->gateway;
  CLI::App* command = app.add_subcommand("serve", "Run the proxy API and the management API");
  command->add_option("--data", gateway.data_dir, "Folder of the store")
      ->envname("PENSTOCK_DATA")
      ->capture_default_str();
  addListeners(*command, gateway);
  command->add_flag("--ephemeral", gateway.ephemeral,
                    "Temporary store and free ports, removed at exit");
  command->add_flag(
      "--greet", options->greet,
      "Print the first keys and a first call to standard error (default at a terminal)");
  command->add_flag("--demo", gateway.demo, "Add the built-in demo provider to an existing store");
  command->add_option("--log-format", options->log_format, "text or json")
      ->envname("PENSTOCK_LOG_FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--ready-file", options->ready_file,
                      "Also write the ready line to this file");
  command
      ->add_option("--drain-seconds", options->drain_seconds,
                   "How long SIGTERM lets requests finish")
      ->envname("PENSTOCK_DRAIN_SECONDS")
      ->check(CLI::Range(int64_t{0}, int64_t{86'400}))
      ->capture_default_str();
  addLimits(*command, gateway);
  addTimeouts(*command, gateway);
  addMail(*command, gateway);
  addOtlpOptions(*command, gateway);
  command->callback([options, command, &exit_code] {
    // Only from the environment: a flag would show in the process list.
    if (const char* key = std::getenv("PENSTOCK_MASTER_KEY")) options->gateway.master_key = key;
    if (const char* password = std::getenv("PENSTOCK_SMTP_PASSWORD")) {
      options->gateway.smtp_password = password;
    }
    readOtlpEnvironment(*command, options->gateway);
    exit_code = serve(*options);
  });
}

}  // namespace penstock::cli
