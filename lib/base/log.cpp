#include "base/log.h"

#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

namespace penstock {
namespace {

const char* levelName(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warn: return "warn";
    case LogLevel::Error: return "error";
  }
  return "info";
}

bool isTokenChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}

void appendJsonString(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

// Text values are quoted when they could be misread, and never hold a raw newline.
void appendTextValue(std::string& out, std::string_view text) {
  const bool plain = !text.empty() && text.find_first_of(" \"\\=\n\r\t") == std::string_view::npos;
  if (plain) {
    out += text;
  } else {
    appendJsonString(out, text);
  }
}

void writeAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads our log any more; nothing better to do
    text.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

std::string redact(std::string_view text) {
  constexpr std::string_view kMarks[] = {"mlx_sk_", "mlx_mk_", "mlx_scim_",
                                         "sk-",     "Bearer ", "bearer "};
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    bool masked = false;
    const bool word_start = at == 0 || !isTokenChar(text[at - 1]);
    for (const std::string_view mark : kMarks) {
      if (!word_start || text.substr(at, mark.size()) != mark) continue;
      size_t end = at + mark.size();
      while (end < text.size() && isTokenChar(text[end])) ++end;
      if (end - at - mark.size() < 6) break;  // too short to be a credential
      out += mark;
      out += "***";
      at = end;
      masked = true;
      break;
    }
    if (!masked) out.push_back(text[at++]);
  }
  return out;
}

Logger::Logger(Options options, const Clock& clock)
    : options_(options), clock_(clock), thread_([this] { run(); }) {}

Logger::~Logger() {
  queue_.lock()->stopping = true;
  wake_.notify_one();
}

void Logger::log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < options_.level) return;
  std::string line;
  if (options_.format == LogFormat::Json) {
    line = fmt::format(R"({{"time":"{}","level":"{}","event":)", iso8601(clock_.now()),
                       levelName(level));
    appendJsonString(line, redact(event));
    for (const LogField& field : fields) {
      line += ",";
      appendJsonString(line, field.key);
      line += ":";
      appendJsonString(line, redact(field.value));
    }
    line += "}\n";
  } else {
    line = fmt::format("{} {:5} {}", iso8601(clock_.now()), levelName(level), redact(event));
    for (const LogField& field : fields) {
      line += fmt::format(" {}=", field.key);
      appendTextValue(line, redact(field.value));
    }
    line += "\n";
  }
  {
    auto queue = queue_.lock();
    if (queue->lines.size() >= options_.queue_lines) {
      ++queue->dropped;
      return;
    }
    queue->lines.push_back(std::move(line));
  }
  wake_.notify_one();
}

void Logger::run() {
  while (true) {
    std::deque<std::string> lines;
    uint64_t dropped = 0;
    bool stopping = false;
    {
      auto queue = queue_.lock();
      queue.wait(wake_, [&] { return !queue->lines.empty() || queue->stopping; });
      lines.swap(queue->lines);
      std::swap(dropped, queue->dropped);
      stopping = queue->stopping;
    }
    std::string text;
    for (const std::string& line : lines) text += line;
    writeAll(options_.fd, text);
    if (dropped > 0) writeAll(options_.fd, fmt::format("log lines dropped: {}\n", dropped));
    if (stopping && lines.empty()) return;
  }
}

}  // namespace penstock
