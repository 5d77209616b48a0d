#include "http/chunked.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock::http;

namespace {

using Peer = ChunkedDecoder::Peer;
using State = ChunkedDecoder::State;

struct Decoded {
  State state = State::NeedMore;
  std::string data, rest;
};

Decoded decode(std::string_view bytes, Peer peer = Peer::Client, size_t step = std::string::npos) {
  ChunkedDecoder decoder(peer);
  Decoded result;
  while (!bytes.empty() && result.state == State::NeedMore) {
    std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    result.state = decoder.feed(piece, [&](std::string_view data) { result.data += data; });
    if (result.state == State::Done) result.rest = std::string(piece) + std::string(bytes);
  }
  return result;
}

}  // namespace

TEST_SUITE("http/chunked") {
  TEST_CASE("a body is the same however its bytes are split") {
    const std::string wire = "5\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n000\r\n\r\nGET /";
    for (size_t step = 1; step <= wire.size(); ++step) {
      const Decoded decoded = decode(wire, Peer::Client, step);
      REQUIRE(decoded.state == State::Done);
      CHECK(decoded.data == "helloabcdefghijklmnopqrstuvwxyz");
      CHECK(decoded.rest == "GET /");
    }
  }

  TEST_CASE("bad sizes and line ends are refused") {
    for (const std::string_view wire :
         {"\r\n", "x\r\n", "0x5\r\nhello\r\n", "+5\r\nhello\r\n", "-5\r\nhello\r\n",
          " 5\r\nhello\r\n", "5 \r\nhello\r\n", "5\nhello\r\n", "5\r\nhello\n", "5\r\nhelloo\r\n",
          "5\r\nhell\r\n\r\n", "1000000000000\r\n", "5\r\r\nhello\r\n", "5\r\nhello\r\n0\r\n\n",
          "0\r\nX\n\r\n"}) {
      INFO(wire);
      CHECK(decode(wire).state == State::Malformed);
      CHECK(decode(wire, Peer::Client, 1).state == State::Malformed);
    }
  }

  TEST_CASE("clients may send neither extensions nor trailers, upstreams may") {
    const std::string extension = "5;a=b\r\nhello\r\n0;x\r\n\r\n";
    const std::string trailer = "5\r\nhello\r\n0\r\nX: y\r\nZ: w\r\n\r\n";
    CHECK(decode(extension).state == State::Malformed);
    CHECK(decode(trailer).state == State::Malformed);
    for (const std::string& wire : {extension, trailer, std::string("5 \r\nhello\r\n0\r\n\r\n")}) {
      for (size_t step = 1; step <= wire.size(); ++step) {
        const Decoded decoded = decode(wire, Peer::Upstream, step);
        CHECK(decoded.state == State::Done);
        CHECK(decoded.data == "hello");
      }
    }
  }

  TEST_CASE("lines and trailers are bounded") {
    CHECK(decode(std::string(2000, '0')).state == State::Malformed);
    CHECK(decode("5;" + std::string(2000, 'x'), Peer::Upstream).state == State::Malformed);
    std::string trailers = "0\r\n";
    for (int i = 0; i < 100; ++i) trailers += "X: " + std::string(500, 'y') + "\r\n";
    CHECK(decode(trailers, Peer::Upstream).state == State::Malformed);
  }

  TEST_CASE("a cut body is never complete") {
    const std::string wire = "5\r\nhello\r\n0\r\n\r\n";
    for (size_t size = 0; size < wire.size(); ++size) {
      CHECK(decode(std::string_view(wire).substr(0, size)).state == State::NeedMore);
    }
  }
}
