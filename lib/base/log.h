#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/sync.h"

namespace penstock {

enum class LogFormat : uint8_t { Text, Json };
enum class LogLevel : uint8_t { Debug, Info, Warn, Error };

// One key and value of a log line.
struct LogField {
  std::string_view key;
  std::string value;
};

// Structured logs, one line an event, to a file descriptor (standard error). Thread-safe and
// non-blocking: lines pass through a bounded queue to a thread of its own, so that a full pipe
// stalls no request; lines that do not fit are counted and reported by a later line.
//
// Every message and value is redacted: whatever looks like a gateway key (mlx_sk_, mlx_mk_), a
// provider key (sk-…) or a bearer token is masked even if a caller passes it by mistake.
class Logger {
 public:
  struct Options {
    LogFormat format = LogFormat::Text;
    LogLevel level = LogLevel::Info;
    int fd = 2;
    size_t queue_lines = 4096;
  };
  Logger(Options options, const Clock& clock);
  ~Logger();  // writes what is queued
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::Info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::Warn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log(LogLevel::Error, event, fields);
  }

 private:
  struct Queue {
    std::deque<std::string> lines;
    uint64_t dropped = 0;
    bool stopping = false;
  };
  void run();

  // Constant after construction.
  const Options options_;
  const Clock& clock_;
  Sync<Queue> queue_;
  std::condition_variable wake_;
  std::jthread thread_;
};

// The text with everything that looks like a credential masked. Exposed for its test.
std::string redact(std::string_view text);

}  // namespace penstock
