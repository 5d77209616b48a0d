#include "http/spool_file.h"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>

#include "support/http_server.h"
#include "support/temp_dir.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;

namespace {

// Memory that is this process's alone: not pages of files.
size_t anonymousBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoul(line.substr(8)) * 1024;
  }
  return 0;
}

bool isEmpty(const std::filesystem::path& directory) {
  return std::filesystem::directory_iterator(directory) == std::filesystem::directory_iterator();
}

// A server that spools every body past a kilobyte, and a client of it.
struct Spooling {
  explicit Spooling(Handler handler, const std::filesystem::path& directory)
      : server({&loop}, optionsOf(std::move(handler), directory)) {
    loop.start();
    port = server.listen("127.0.0.1:0").value();
  }
  ~Spooling() {
    server.close();
    loop.stop();
  }
  static Server::Options optionsOf(Handler handler, const std::filesystem::path& directory) {
    Server::Options options;
    options.limits.spool_bytes = 1024;
    options.limits.spool_directory = directory;
    options.handler = std::move(handler);
    options.render_error = renderPlain;
    options.body_rule = [](const Request&) {
      return BodyRule{.most = 100U << 20, .spooled = true};
    };
    return options;
  }

  Loop loop;
  Server server;
  uint16_t port = 0;
};

std::string uploadOf(const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Different everywhere, so that what is misplaced shows.
std::string numbered(size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += std::to_string(text.size()) + ' ';
  text.resize(bytes);
  return text;
}

}  // namespace

TEST_SUITE("http/spool_file") {
  TEST_CASE("what is appended is viewed, wherever the object has moved to, and no name is left") {
    const TempDir directory;
    auto opened = SpoolFile::open(directory.path());
    REQUIRE(opened);
    SpoolFile file = *std::move(opened);
    CHECK(file.view().value().empty());
    CHECK(file.append("abc"));
    CHECK(file.append(""));
    CHECK(file.append(std::string(100'000, 'x')));
    CHECK(file.size() == 100'003);
    const std::string_view seen = file.view().value();
    const SpoolFile moved = std::move(file);
    CHECK(seen.substr(0, 5) == "abcxx");
    CHECK(seen.size() == moved.size());
    CHECK(isEmpty(directory.path()));
  }

  TEST_CASE("a file of a known size is looked at while it is written, at one place") {
    const TempDir directory;
    SpoolFile file = SpoolFile::open(directory.path()).value();
    CHECK(file.expect(200'000));
    CHECK(file.view().value().empty());
    const std::string body = numbered(200'000);
    const char* place = nullptr;
    for (size_t at = 0; at < body.size(); at += 7'000) {
      CHECK(file.append(std::string_view(body).substr(at, 7'000)));
      const std::string_view seen = file.view().value();
      if (place == nullptr) place = seen.data();
      CHECK(seen.data() == place);
      CHECK(seen == std::string_view(body).substr(0, at + 7'000));
    }
    CHECK(file.size() == body.size());
  }

  TEST_CASE("where no file can be made, that is an error") {
    CHECK(SpoolFile::open("/nowhere/at/all").error().code == "spool_failed");
  }

  TEST_CASE("large bodies reach the handler whole, declared or chunked, one after another") {
    const TempDir directory;
    Spooling spooling(echo, directory.path());
    const std::string body = numbered(300'000);
    RawSocket client = RawSocket::connect(spooling.port);
    client.send(uploadOf(body) + uploadOf("small"));
    CHECK(client.response().body == "POST /p\n" + body);
    CHECK(client.response().body == "POST /p\nsmall");
    std::string chunks = "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (size_t at = 0; at < body.size(); at += 1000)
      chunks += "3e8\r\n" + body.substr(at, 1000) + "\r\n";
    client.send(chunks + "0\r\n\r\n");
    CHECK(client.response().body == "POST /p\n" + body);
    CHECK(isEmpty(directory.path()));
  }

  TEST_CASE("a body in a file takes no memory of ours while its answer is made") {
    const TempDir directory;
    size_t held = 0;
    size_t bytes = 0;
    Spooling spooling(
        [&](const ExchangePtr& exchange) {
          for (const char c : exchange->request().body) bytes += c == 'x' ? 1 : 0;
          held = anonymousBytes();
          exchange->respond({200, "text/plain", "ok", {}});
        },
        directory.path());
    constexpr size_t kPieces = 64, kPiece = 1 << 20;
    RawSocket client = RawSocket::connect(spooling.port);
    const std::string piece(kPiece, 'x');
    const size_t before = anonymousBytes();
    client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                std::to_string(kPieces * kPiece) + "\r\n\r\n");
    for (size_t i = 0; i < kPieces; ++i) client.send(piece);
    CHECK(client.response().status == 200);
    CHECK(bytes == kPieces * kPiece);
    // ThreadSanitizer keeps notes of all memory that is looked at.
#ifndef __SANITIZE_THREAD__
    CHECK(held < before + 8 * kPiece);
#endif
  }

  TEST_CASE("a body that cannot be kept is answered with an error, and nothing else suffers") {
    const TempDir directory;
    Spooling spooling(echo, directory.path() / "gone");
    const std::string body = numbered(100'000);
    RawSocket refused = RawSocket::connect(spooling.port);
    refused.send(uploadOf(body));
    const RawResponse answer = refused.response();
    CHECK(answer.status == 500);
    CHECK(answer.body.starts_with("spool_failed"));
    RawSocket client = RawSocket::connect(spooling.port);
    client.send(uploadOf("small"));
    CHECK(client.response().body == "POST /p\nsmall");
  }

  TEST_CASE("a disk that is full is an error, not a crash") {
    const TempDir directory;
    // The limit of a file's size stands in for a full disk: write() fails at it.
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit small{50'000, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    {
      Spooling spooling(echo, directory.path());
      RawSocket client = RawSocket::connect(spooling.port);
      client.send(uploadOf(numbered(100'000)));
      CHECK(client.response().status == 500);
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, ignored);
  }
}
