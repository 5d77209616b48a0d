#include "http/head_parser.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::http;

namespace {

struct Parsed {
  std::string head;
  Request request;
  Result<RequestHead> result;

  explicit Parsed(std::string text, const HeadLimits& limits = {})
      : head(std::move(text)), result(parseRequestHead(head, limits, request)) {}
  int status() const { return result ? 200 : httpStatus(result.error().kind); }
};

std::string get(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

struct Row {
  std::string head;
  int status;
};
void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.head);
    CHECK(Parsed(row.head).status() == row.status);
  }
}

std::optional<ResponseHeadInfo> response(const std::string& head) {
  HeaderList headers;
  return parseResponseHead(head, {}, headers);
}

}  // namespace

TEST_SUITE("http/head_parser") {
  TEST_CASE("a request is taken apart") {
    const Parsed parsed(
        "POST /v1/x%20y?a=b&c HTTP/1.1\r\nHost: h\r\nContent-Length:  12 \r\nX-A:\tv w \r\n\r\n");
    REQUIRE(parsed.result);
    CHECK(parsed.request.method == "POST");
    CHECK(parsed.request.target == "/v1/x%20y?a=b&c");
    CHECK(parsed.request.path == "/v1/x%20y");
    CHECK(parsed.request.query == "a=b&c");
    CHECK(parsed.request.headers.get("x-a") == "v w");
    CHECK(parsed.result->framing.kind == Framing::Kind::Length);
    CHECK(parsed.result->framing.length == 12);
    CHECK(parsed.result->keep_alive);
    CHECK(!parsed.result->http10);
  }

  TEST_CASE("framing that two parsers could read differently is refused") {
    check({
        {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
        {post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
        {post("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
        {post("Content-Length: 5\r\ncontent-length: 6\r\n"), 400},
        {post("Content-Length: +5\r\n"), 400},
        {post("Content-Length: -5\r\n"), 400},
        {post("Content-Length: 5,5\r\n"), 400},
        {post("Content-Length: 5 5\r\n"), 400},
        {post("Content-Length: 0x5\r\n"), 400},
        {post("Content-Length: 5.0\r\n"), 400},
        {post("Content-Length:\r\n"), 400},
        {post("Content-Length: 99999999999999999999\r\n"), 400},
        {post("Content-Length: 18446744073709551621\r\n"), 400},
        {post("Transfer-Encoding: gzip, chunked\r\n"), 400},
        {post("Transfer-Encoding: chunked, chunked\r\n"), 400},
        {post("Transfer-Encoding: chunked, identity\r\n"), 400},
        {post("Transfer-Encoding: chunked;q=1\r\n"), 400},
        {post("Transfer-Encoding: \"chunked\"\r\n"), 400},
        {post("Transfer-Encoding: xchunked\r\n"), 400},
        {post("Transfer-Encoding: identity\r\n"), 400},
        {post("Transfer-Encoding:\r\n"), 400},
        {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        {"POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {post("Transfer-Encoding: Chunked\r\n"), 200},
        {post("Content-Length: 0\r\n"), 200},
        {get("Content-Length: 0\r\n"), 200},
        {get("Content-Length: 1\r\n"), 400},
        {get("Transfer-Encoding: chunked\r\n"), 400},
        {"HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", 400},
        {"OPTIONS / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", 400},
        {"DELETE / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", 200},
        {post(""), 411},
        {"PUT / HTTP/1.1\r\nHost: h\r\n\r\n", 411},
        {"PATCH / HTTP/1.0\r\n\r\n", 411},
        {"DELETE / HTTP/1.1\r\nHost: h\r\n\r\n", 200},
    });
  }

  TEST_CASE("header lines are held to the grammar") {
    check({
        {get("X: a\r\n b\r\n"), 400},
        {get(" X: a\r\n"), 400},
        {get("X : a\r\n"), 400},
        {get("X\t: a\r\n"), 400},
        {get(": a\r\n"), 400},
        {get("no colon\r\n"), 400},
        {get("X(y): a\r\n"), 400},
        {get("X\xc3\xa9: a\r\n"), 400},
        {get("X: a\rb\r\n"), 400},
        {get("X: a\r\r\n"), 400},
        {get("X: a\x01\r\n"), 400},
        {get("X: a\x7f\r\n"), 400},
        {get(std::string("X: a\0b\r\n", 8)), 400},
        {get(std::string("X\0: a\r\n", 7)), 400},
        {get("X: \xc3\xa9\r\n"), 200},
        {get("X: a\tb\r\n"), 200},
        {get("X:\r\n"), 200},
    });
  }

  TEST_CASE("the request line is held to the grammar") {
    check({
        {"GET / HTTP/1.1\r\n\r\n", 400},  // no Host
        {"GET / HTTP/1.0\r\n\r\n", 200},
        {get("Host: h\r\n"), 400},  // twice
        {"GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 200},
        {"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /  HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET / x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /\x7f HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET /\rx HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"G\xc3T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"AVERYLONGMETHODNAME / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400},
        {"GET / http/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
        {"GET /\r\nHost: h\r\n\r\n", 400},
        {"PRI * HTTP/2.0\r\n\r\n", 400},
        {"\r\n", 400},
    });
  }

  TEST_CASE("sizes and counts have their own status") {
    HeadLimits limits;
    limits.target_bytes = 10;
    limits.header_count = 2;
    CHECK(Parsed("GET /123456789 HTTP/1.1\r\nHost: h\r\n\r\n", limits).status() == 200);
    CHECK(Parsed("GET /1234567890 HTTP/1.1\r\nHost: h\r\n\r\n", limits).status() == 431);
    CHECK(Parsed(get("A: 1\r\n"), limits).status() == 200);
    CHECK(Parsed(get("A: 1\r\nB: 1\r\n"), limits).status() == 431);
  }

  TEST_CASE("compressed bodies are refused, wherever the coding is named") {
    check({
        {post("Content-Length: 1\r\nContent-Encoding: gzip\r\n"), 415},
        {post("Content-Length: 1\r\nContent-Encoding: identity\r\n"), 200},
        {post("Content-Length: 1\r\nContent-Encoding: br\r\nContent-Encoding: identity\r\n"), 415},
        {post("Content-Length: 1\r\nContent-Encoding: identity, gzip\r\n"), 415},
    });
  }

  TEST_CASE("persistence and expectations follow version and headers") {
    CHECK(!Parsed(get("Connection: close\r\n")).result->keep_alive);
    CHECK(!Parsed(get("Connection: keep-alive, Close\r\n")).result->keep_alive);
    CHECK(!Parsed(get("Connection: close\r\nConnection: keep-alive\r\n")).result->keep_alive);
    CHECK(Parsed(get("Connection: upgrade\r\n")).result->keep_alive);
    CHECK(!Parsed("GET / HTTP/1.0\r\n\r\n").result->keep_alive);
    CHECK(Parsed("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").result->keep_alive);
    CHECK(Parsed(post("Content-Length: 1\r\nExpect: 100-Continue\r\n")).result->expect_continue);
    CHECK(Parsed(post("Content-Length: 1\r\nExpect: magic\r\n")).status() == 400);
    CHECK(!Parsed("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
               .result->expect_continue);
  }

  TEST_CASE("the end of a head is found at whatever byte it arrives") {
    const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    HeadScanner scanner;
    for (size_t size = 0; size < head.size(); ++size) {
      CHECK(scanner.scan(std::string_view(head).substr(0, size)) == HeadScanner::State::NeedMore);
    }
    CHECK(scanner.scan(head + "body") == HeadScanner::State::Complete);
    CHECK(scanner.headBytes() == head.size());
  }

  TEST_CASE("a bare line feed is seen at whatever byte it stands") {
    for (const std::string head :
         {"GET / HTTP/1.1\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\n\n", "\nGET / HTTP/1.1\r\n\r\n"}) {
      INFO(head);
      CHECK(HeadScanner().scan(head) == HeadScanner::State::BareLineFeed);
      HeadScanner scanner;
      auto state = HeadScanner::State::NeedMore;
      for (size_t size = 1; size <= head.size() && state == HeadScanner::State::NeedMore; ++size) {
        state = scanner.scan(std::string_view(head).substr(0, size));
      }
      CHECK(state == HeadScanner::State::BareLineFeed);
    }
  }

  TEST_CASE("response heads are read with the same distrust") {
    CHECK(response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")->framing.length == 3);
    CHECK(response("HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n"));
    CHECK(response("HTTP/1.1 200 OK\r\n\r\n")->framing.kind == Framing::Kind::UntilClose);
    CHECK(!response("HTTP/1.1 200 OK\r\n\r\n")->keep_alive);
    CHECK(response("HTTP/1.1 204 No Content\r\n\r\n")->framing.kind == Framing::Kind::None);
    CHECK(response("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n")->framing.kind ==
          Framing::Kind::Chunked);
    CHECK(!response("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n")->keep_alive);
    for (const std::string head :
         {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
          "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\n",
          "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
          "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n",
          "HTTP/1.1  200 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
          "HTTP/1.1 \r\n\r\n", "\r\n"}) {
      INFO(head);
      CHECK(!response(head));
    }
  }
}
