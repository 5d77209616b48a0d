#include "base/log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>

#include <string>

using namespace penstock;

namespace {

// What a logger wrote to a pipe; the logger is gone when this returns.
template <typename Write>
std::string logged(Logger::Options options, Write write) {
  int fds[2];
  REQUIRE(pipe(fds) == 0);
  options.fd = fds[1];
  {
    SystemClock clock;
    Logger logger(options, clock);
    write(logger);
  }
  close(fds[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(fds[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(got));
  close(fds[0]);
  return text;
}

}  // namespace

TEST_SUITE("base/log") {
  TEST_CASE("credentials are masked wherever they stand") {
    CHECK(redact("key mlx_sk_abcdef123456 end") == "key mlx_sk_*** end");
    CHECK(redact("Authorization: Bearer abcdef.123456") == "Authorization: Bearer ***");
    CHECK(redact("(sk-proj-0123456789)") == "(sk-***)");
    CHECK(redact("task-0123456789 and sk-1") == "task-0123456789 and sk-1");
  }

  TEST_CASE("a line is one line of valid JSON whatever is in it") {
    const std::string text = logged({.format = LogFormat::Json}, [](Logger& log) {
      log.warn("odd \"event\"\n", {{"value", "a\\b\nc"}});
    });
    CHECK(text.find(R"("event":"odd \"event\"\u000a")") != std::string::npos);
    CHECK(text.find(R"("value":"a\\b\u000ac")") != std::string::npos);
    CHECK(text.find('\n') == text.size() - 1);
  }

  TEST_CASE("lines below the level are left out and everything queued is written at the end") {
    const std::string text = logged({.level = LogLevel::Warn}, [](Logger& log) {
      log.info("quiet");
      for (int i = 0; i < 100; ++i) log.warn("loud");
    });
    CHECK(text.find("quiet") == std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '\n') == 100);
  }
}
