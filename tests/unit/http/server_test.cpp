#include "http/server.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/fuzz.h"
#include "support/http_server.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;
using std::chrono::milliseconds;

namespace {

std::string get(const std::string& fields, const std::string& target = "/") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body = "") {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}
std::string upload(const std::string& body) {
  return post("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

size_t residentBytes() {
  std::ifstream file("/proc/self/statm");
  size_t total = 0;
  size_t resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

// A second, naive reading of request bytes by the rules of lib/http: what a handler must see of
// them. Slow and simple on purpose.
struct Oracle {
  std::vector<std::string> requests;  // "METHOD TARGET BODY"
  bool refused = false;               // the bytes after them are refused; else more is waited for

  explicit Oracle(std::string rest) {
    while (!refused && one(rest)) {
    }
  }

 private:
  static bool all(const std::string& text, const std::function<bool(unsigned char)>& good) {
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return good(static_cast<unsigned char>(c)); });
  }
  static bool token(const std::string& text) {
    return !text.empty() && all(text, [](unsigned char c) {
      return std::isalnum(c) != 0 ||
             (c < 128 && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr && c != 0);
    });
  }
  bool refuse() {
    refused = true;
    return false;
  }
  // The next line without CRLF; nothing when it is not there yet or is no line.
  std::optional<std::string> line(std::string& rest) {
    const size_t end = rest.find('\n');
    if (end == std::string::npos) return std::nullopt;
    if (end == 0 || rest[end - 1] != '\r') {
      refused = true;
      return std::nullopt;
    }
    std::string found = rest.substr(0, end - 1);
    rest.erase(0, end + 1);
    return found;
  }
  bool one(std::string& rest) {
    std::vector<std::string> lines;
    while (true) {
      const auto next = line(rest);
      if (!next) return false;
      if (next->empty()) break;
      lines.push_back(*next);
    }
    if (lines.empty()) return refuse();
    const size_t a = lines[0].find(' ');
    const size_t b = lines[0].rfind(' ');
    if (a == std::string::npos || a == b) return refuse();
    const std::string method = lines[0].substr(0, a);
    const std::string target = lines[0].substr(a + 1, b - a - 1);
    const std::string version = lines[0].substr(b + 1);
    if (!token(method) || method.size() > 16 ||
        !all(target, [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '#'; }))
      return refuse();
    if (target.empty() || (target[0] != '/' && !(target == "*" && method == "OPTIONS")))
      return refuse();
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return refuse();
    std::multimap<std::string, std::string> fields;
    for (size_t i = 1; i < lines.size(); ++i) {
      const size_t colon = lines[i].find(':');
      if (colon == std::string::npos || !token(lines[i].substr(0, colon))) return refuse();
      const std::string value(trim(std::string_view(lines[i]).substr(colon + 1)));
      if (!all(value, [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); }))
        return refuse();
      fields.emplace(asciiLower(lines[i].substr(0, colon)), value);
    }
    const bool old = version == "HTTP/1.0";
    if (fields.count("host") > 1 || (fields.count("host") == 0 && !old)) return refuse();
    if (fields.count("content-encoding") > 0) return refuse();
    const size_t lengths = fields.count("content-length");
    const size_t codings = fields.count("transfer-encoding");
    if (lengths + codings > 1) return refuse();
    const bool no_body =
        method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
    const bool needs_body = method == "POST" || method == "PUT" || method == "PATCH";
    if (lengths + codings == 0 && needs_body) return refuse();
    std::string body;
    if (codings == 1) {
      if (old || no_body || asciiLower(fields.find("transfer-encoding")->second) != "chunked")
        return refuse();
      if (!chunks(rest, body)) return false;
    } else if (lengths == 1) {
      const std::string& text = fields.find("content-length")->second;
      if (text.empty() || text.size() > 18 ||
          !all(text, [](unsigned char c) { return std::isdigit(c) != 0; }))
        return refuse();
      const size_t length = std::stoull(text);
      if (length > 0 && no_body) return refuse();
      if (length > 32 << 20) return refuse();
      if (rest.size() < length) return false;
      body = rest.substr(0, length);
      rest.erase(0, length);
    }
    requests.push_back(method + " " + target + " " + body);
    bool close = false;
    bool keep = false;
    for (auto [at, end] = fields.equal_range("connection"); at != end; ++at) {
      split(at->second, ',', [&](std::string_view part) {
        close = close || equalsIgnoreCase(trim(part), "close");
        keep = keep || equalsIgnoreCase(trim(part), "keep-alive");
      });
    }
    return !close && (!old || keep);
  }
  bool chunks(std::string& rest, std::string& body) {
    while (true) {
      const auto size = line(rest);
      if (!size) {
        if (!refused && rest.size() > 1024) return refuse();
        return false;
      }
      if (size->empty() || size->size() > 12 ||
          !all(*size, [](unsigned char c) { return std::isxdigit(c) != 0; }))
        return refuse();
      const size_t length = std::stoull(*size, nullptr, 16);
      const size_t have = std::min(length, rest.size());
      body += rest.substr(0, have);
      rest.erase(0, have);
      if (body.size() > 32 << 20) return refuse();
      if (have < length) return false;
      const auto end = line(rest);
      if (!end) return false;
      if (!end->empty()) return refuse();
      if (length == 0) return true;
    }
  }
};

// A few random changes, most of them small and to bytes that matter.
std::string mutate(std::string bytes, std::mt19937& random) {
  static constexpr char kBytes[] = "\r\n\0 :;,\t0159aF+-/#%chunked\x7f\x80\xff";
  static constexpr std::string_view kNasty(kBytes, sizeof kBytes - 1);
  const auto below = [&](size_t limit) { return random() % std::max<size_t>(limit, 1); };
  for (size_t i = 1 + below(3); i > 0; --i) {
    const size_t at = below(bytes.size());
    const size_t size = 1 + below(8);
    switch (below(6)) {
      case 0: bytes[at] = kNasty[below(kNasty.size())]; break;
      case 1: bytes[at] = static_cast<char>(below(256)); break;
      case 2: bytes.insert(at, 1, kNasty[below(kNasty.size())]); break;
      case 3: bytes.erase(at, size); break;
      case 4: bytes.insert(below(bytes.size()), bytes.substr(at, size * 6)); break;
      default: bytes.insert(at, "\r\n"); break;
    }
    if (bytes.empty()) bytes = "x";
  }
  return bytes;
}

}  // namespace

TEST_SUITE("http/server") {
  TEST_CASE("ambiguous or malformed requests are refused, closed, and never reach the handler") {
    HttpServer server;
    struct Row {
      std::string bytes;
      int status;
    };
    const std::string chunks = "5\r\nhello\r\n0\r\n\r\n";
    for (const Row& row : {
             Row{post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunks), 400},
             Row{post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
             Row{post("Content-Length: 5\r\nContent-Length: 4\r\n", "hello"), 400},
             Row{post("Content-Length: +5\r\n", "hello"), 400},
             Row{post("Content-Length: 5,5\r\n", "hello"), 400},
             Row{post("Content-Length: 99999999999999999999999\r\n", "hello"), 400},
             Row{post("Content-Length: 999999999999999999\r\n", "hello"), 413},
             Row{post("Transfer-Encoding: gzip, chunked\r\n", chunks), 400},
             Row{post("Transfer-Encoding: chunked, chunked\r\n", chunks), 400},
             Row{post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunks), 400},
             Row{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 400},
             Row{get("Content-Length: 5\r\n") + "hello", 400},
             Row{get("Transfer-Encoding: chunked\r\n") + chunks, 400},
             Row{get("X: a\r\n b\r\n"), 400},
             Row{"GET / HTTP/1.1\nHost: h\n\n", 400},
             Row{"GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
             Row{get("X: a\rb\r\n"), 400},
             Row{get(std::string("X: a\0b\r\n", 8)), 400},
             Row{get("X : a\r\n"), 400},
             Row{"GET / HTTP/1.1\r\n\r\n", 400},
             Row{get("Host: h\r\n"), 400},
             Row{get("", "http://h/"), 400},
             Row{"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 400},
             Row{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
             Row{"\x16\x03\x01\x02\r\n\r\n", 400},
             Row{"A B C\r\n\r\n", 400},
             Row{"\r\n\r\n", 400},
             Row{"\n", 400},
             Row{get("", "/" + std::string(9000, 'a')), 431},
             Row{get("X: " + std::string(40'000, 'a') + "\r\n"), 431},
             Row{post("Content-Length: 5\r\nContent-Encoding: gzip\r\n", "hello"), 415},
             Row{post("", ""), 411},
             Row{post("Content-Length: 5\r\nExpect: magic\r\n", "hello"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "x\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\nX: y\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "5\r\nhelloX\r\n0\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "-1\r\nhello\r\n0\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n"), 400},
         }) {
      INFO(row.bytes.substr(0, 200));
      RawSocket client = server.connect();
      // What follows must not be taken for a request.
      client.send(row.bytes + get("", "/smuggled"));
      const RawResponse response = client.response();
      CHECK(response.status == row.status);
      CHECK(response.complete);
      CHECK(response.header("Connection") == "close");
      CHECK(client.end() == RawSocket::End::Eof);
    }
    CHECK(server.seen().empty());
    CHECK(eventually([&] { return server.server().counters().in_flight == 0; }));
  }

  TEST_CASE("a body that follows a GET later is not answered as a second request") {
    HttpServer server;
    RawSocket client = server.connect();
    client.send(get("Content-Length: 40\r\n"));
    CHECK(client.response().status == 400);
    client.send(get("", "/smuggled"));
    CHECK(client.readToEnd().empty());
    CHECK(server.seen().empty());
  }

  TEST_CASE("a header line of 64 MB is cut off, and costs no memory") {
    HttpServer server;
    const size_t before = residentBytes();
    RawSocket client = server.connect();
    client.send("GET / HTTP/1.1\r\nX: ");
    const std::string piece(1 << 20, 'a');
    for (int i = 0; i < 64 && client.send(piece); ++i) {
    }
    CHECK(client.response().status == 431);
    CHECK(residentBytes() < before + (16 << 20));
  }

  TEST_CASE("20,000 headers are refused") {
    HttpServer server;
    std::string fields;
    for (int i = 0; i < 20'000; ++i) fields += "X: y\r\n";
    CHECK(server.status(get(fields)) == 431);
    CHECK(server.status(get(fields.substr(0, 6 * 150))) == 431);
    CHECK(server.status(get(fields.substr(0, 6 * 90))) == 200);
  }

  TEST_CASE("a request arrives whole at whatever byte it is split") {
    HttpServer server;
    for (const std::string& bytes : {upload("hello"), post("Transfer-Encoding: Chunked\r\n",
                                                           "2\r\nhe\r\n03\r\nllo\r\n0\r\n\r\n")}) {
      for (size_t at = 1; at < bytes.size(); ++at) {
        RawSocket client = server.connect();
        client.send(bytes.substr(0, at));
        client.send(bytes.substr(at));
        CHECK(client.response().body == "POST /p\nhello");
      }
      RawSocket client = server.connect();
      client.sendSlowly(bytes);
      CHECK(client.response().body == "POST /p\nhello");
    }
  }

  TEST_CASE("header values and targets arrive undecoded") {
    std::string header, target;
    HttpServer server([&](const ExchangePtr& exchange) {
      header = exchange->request().headers.get("X-Evil");
      target = exchange->request().target;
      exchange->respond({});
    });
    CHECK(server.status(get("X-Evil: a%0d%0aX-Injected: 1\r\n", "/%0d%0aX:%20y?%00")) == 200);
    CHECK(header == "a%0d%0aX-Injected: 1");
    CHECK(target == "/%0d%0aX:%20y?%00");
  }

  TEST_CASE("headers do not change who the peer is") {
    std::string peer;
    HttpServer server([&](const ExchangePtr& exchange) {
      peer = exchange->request().peer;
      exchange->respond({});
    });
    CHECK(server.status(get("REMOTE_ADDR: 6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: "
                            "for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n")) == 200);
    CHECK(peer == "127.0.0.1");
  }

  TEST_CASE("idle connections starve nobody") {
    HttpServer server;
    std::vector<RawSocket> idle;
    for (int i = 0; i < 500; ++i) {
      idle.push_back(server.connect());
      if (i % 3 == 1) idle.back().send("GET / HTT");
      if (i % 3 == 2) {
        idle.back().send(get(""));
        CHECK(idle.back().response().status == 200);
      }
    }
    const auto start = std::chrono::steady_clock::now();
    CHECK(server.status(get("")) == 200);
    CHECK(std::chrono::steady_clock::now() - start < milliseconds(500));
  }

  TEST_CASE("800 connections at once are all answered soon") {
    HttpServer server;
    const auto start = std::chrono::steady_clock::now();
    std::vector<RawSocket> clients;
    for (int i = 0; i < 800; ++i) clients.push_back(server.connect());
    for (auto& client : clients) client.send(get(""));
    int answered = 0;
    for (auto& client : clients) answered += client.response().status == 200 ? 1 : 0;
    CHECK(answered == 800);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(3));
    CHECK(server.server().counters().open == 800);
    clients.clear();
    CHECK(eventually([&] { return server.server().counters().open == 0; }));
  }

  TEST_CASE("connections over the limit are told 503 and when to come back") {
    ServerLimits limits;
    limits.connections = 2;
    HttpServer server(echo, limits);
    RawSocket first = server.connect();
    RawSocket second = server.connect();
    first.send(get(""));
    second.send(get(""));
    CHECK(first.response().status == 200);
    CHECK(second.response().status == 200);
    RawSocket third = server.connect();
    const RawResponse refused = third.response();  // without asking anything
    CHECK(refused.status == 503);
    CHECK(refused.header("Retry-After") == "1");
    CHECK(refused.header("Connection") == "close");
    CHECK(third.end() == RawSocket::End::Eof);
    third.close();
    first.close();
    CHECK(eventually([&] { return server.server().counters().open == 1; }));
    CHECK(server.status(get("")) == 200);
    CHECK(server.server().counters().shed == 1);
  }

  TEST_CASE("bodies are bounded: declared, chunked, and over all connections") {
    ServerLimits limits;
    limits.body_bytes = 100'000;
    limits.buffered_bytes = 150'000;
    HttpServer server(echo, limits);

    RawSocket declared = server.connect();
    declared.send(post("Content-Length: 100001\r\n"));  // and not a byte of it
    CHECK(declared.response().status == 413);

    RawSocket chunked = server.connect();
    chunked.send(post("Transfer-Encoding: chunked\r\n"));
    const std::string chunk = "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
    for (int i = 0; i < 30; ++i) chunked.send(chunk);
    const RawResponse refused = chunked.response();
    CHECK(refused.status == 413);
    CHECK(refused.header("X-Path") == "/p");

    CHECK(server.status(upload(std::string(100'000, 'x'))) == 200);
    RawSocket holder = server.connect();
    holder.send(post("Content-Length: 100000\r\nExpect: 100-continue\r\n"));
    CHECK(holder.response().status == 100);
    const RawResponse shed = server.ask(post("Content-Length: 90000\r\n"));
    CHECK(shed.status == 503);
    CHECK(shed.header("Retry-After") == "1");
    CHECK(server.status(upload(std::string(1000, 'x'))) == 200);
    holder.close();
    CHECK(eventually([&] { return server.server().counters().buffered == 0; }));
    CHECK(server.status(upload(std::string(90'000, 'x'))) == 200);
    CHECK(eventually([&] { return server.server().counters().buffered == 0; }));
  }

  TEST_CASE("large bodies are admitted by their head and their peer alone") {
    const auto admit = [](const Request& request) -> std::optional<ApiError> {
      const bool known = request.headers.get("Authorization") == "yes";
      if (known && request.peer == "127.0.0.1") return std::nullopt;
      return ApiError{ErrorKind::Unauthorized, "unauthorized", "who are you?"};
    };
    HttpServer server(echo, {}, nullptr, admit);
    CHECK(server.status(upload("small")) == 200);
    CHECK(server.status(post("Content-Length: 70000\r\n")) == 401);
    CHECK(server.status(post("Transfer-Encoding: chunked\r\n")) == 401);
    CHECK(server.status(post("Content-Length: 70000\r\nExpect: 100-continue\r\n")) == 401);
    CHECK(server.status(post("Content-Length: 70000\r\nAuthorization: yes\r\n",
                             std::string(70'000, 'x'))) == 200);
    CHECK(server.seen().size() == 2);
  }

  TEST_CASE("draining closes what is idle and finishes what is in flight") {
    ExchangePtr held;
    HttpServer server([&](const ExchangePtr& exchange) {
      if (exchange->request().path == "/slow")
        held = exchange;
      else
        exchange->respond({200, "text/plain", "ok", {}});
    });
    RawSocket idle = server.connect();
    idle.send(get(""));
    CHECK(idle.response().status == 200);
    RawSocket busy = server.connect();
    busy.send(get("", "/slow"));
    RawSocket half = server.connect();
    half.send(post("Content-Length: 5\r\n", "he"));
    CHECK(eventually([&] {
      return server.server().counters().in_flight == 1 && server.server().counters().open == 3;
    }));
    // The half-sent request must have been seen as one before the drain begins.
    onLoop(server.loop(), [] {});
    onLoop(server.loop(), [] {});

    server.server().beginDrain();
    CHECK(idle.end() == RawSocket::End::Eof);
    CHECK_THROWS(server.connect());
    CHECK(!server.server().waitIdle(milliseconds(20)));
    server.loop().post([&] {
      std::exchange(held, nullptr)->respond({200, "text/plain", "late", {}});
    });
    const RawResponse response = busy.response();
    CHECK(response.body == "late");
    CHECK(response.header("Connection") == "close");
    CHECK(busy.end() == RawSocket::End::Eof);
    half.send("llo");
    CHECK(half.response().header("Connection") == "close");
    CHECK(server.server().waitIdle(milliseconds(5'000)));
  }

  TEST_CASE("close() cuts everything, on running loops and after they have ended") {
    for (const bool stop_first : {false, true}) {
      int gone = 0;
      std::vector<ExchangePtr> held;
      std::vector<RawSocket> clients;
      {
        Loop loop;
        Server server({&loop}, {.limits = {},
                                .tls = nullptr,
                                .handler =
                                    [&](const ExchangePtr& exchange) {
                                      exchange->onGone([&gone] { ++gone; });
                                      held.push_back(exchange);
                                    },
                                .render_error = renderPlain});
        loop.start();
        const uint16_t port = server.listen("127.0.0.1:0").value();
        for (int i = 0; i < 5; ++i) {
          clients.push_back(RawSocket::connect(port));
          clients.back().send(get(""));
        }
        CHECK(eventually([&] { return server.counters().in_flight == 5; }));
        if (stop_first) loop.stop();
        server.close();
        CHECK(server.counters().open == 0);
        CHECK(server.counters().in_flight == 0);
        if (!stop_first) onLoop(loop, [&] { held.clear(); });
        held.clear();
      }
      CHECK(gone == 5);
      for (auto& client : clients) CHECK(client.end() != RawSocket::End::Timeout);
    }
  }

  TEST_CASE("several loops share the connections") {
    Loop loops[2];
    Sync<std::vector<std::thread::id>> threads;
    Server server({&loops[0], &loops[1]},
                  {.limits = {},
                   .tls = nullptr,
                   .handler =
                       [&](const ExchangePtr& exchange) {
                         threads.lock()->push_back(std::this_thread::get_id());
                         exchange->respond({});
                       },
                   .render_error = renderPlain});
    for (Loop& loop : loops) loop.start();
    const uint16_t port = server.listen("127.0.0.1:0").value();
    for (int i = 0; i < 4; ++i) {
      RawSocket client = RawSocket::connect(port);
      client.send(get(""));
      CHECK(client.response().status == 200);
    }
    const auto seen = *threads.lock();
    REQUIRE(seen.size() == 4);
    CHECK(seen[0] != seen[1]);
    CHECK(seen[0] == seen[2]);
    server.close();
  }

  TEST_CASE(
      "whatever the bytes and however they are split, handlers see exactly what a naive reader "
      "sees") {
    const std::vector<std::string> valid = {
        get("", "/a"),
        get("Connection: close\r\n", "/b"),
        "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
        "DELETE /d HTTP/1.1\r\nHost: h\r\n\r\n",
        upload("{\"a\":1}"),
        upload("GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0a\r\n0123456789\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nX-Y: z\r\n",
             "20\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n0\r\n\r\n"),
    };
    HttpServer server;
    Fuzz fuzz(1500);
    std::mt19937& random = fuzz.random;
    for (int round = 0; round < fuzz.rounds; ++round) {
      std::string bytes;
      for (size_t i = 1 + random() % 4; i > 0; --i) bytes += valid[random() % valid.size()];
      if (round % 20 != 0) bytes = mutate(bytes, random);
      const Oracle expected(bytes);
      RawSocket client = server.connect();
      std::string_view rest = bytes;
      while (!rest.empty()) {
        const size_t size = 1 + random() % (round % 3 == 0 ? 8 : 200);
        if (!client.send(rest.substr(0, size))) break;
        rest.remove_prefix(std::min(size, rest.size()));
      }
      CAPTURE(round);
      CAPTURE(bytes);
      const bool agrees =
          eventually([&] { return server.seen().size() >= expected.requests.size(); },
                     std::chrono::seconds(2));
      CHECK(agrees);
      if (expected.refused) {
        for (size_t i = 0; i < expected.requests.size(); ++i) {
          CHECK(client.response(expected.requests[i].starts_with("HEAD ")).status == 200);
        }
        CHECK(client.readUntil("\r\n\r\n").starts_with("HTTP/1.1 4"));
      }
      client.close();
      CHECK(eventually([&] { return server.server().counters().open == 0; }));
      REQUIRE(server.forget() == expected.requests);
    }
  }

  TEST_CASE("a bad listen address is an error, not a crash") {
    Loop loop;
    loop.start();
    Server server({&loop},
                  {.limits = {}, .tls = nullptr, .handler = echo, .render_error = renderPlain});
    CHECK(!server.listen("example.com:80"));
    CHECK(!server.listen("192.0.2.1:80"));
  }
}
