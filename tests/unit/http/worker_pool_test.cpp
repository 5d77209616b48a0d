#include "http/worker_pool.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <atomic>
#include <latch>
#include <semaphore>

#include "support/http_server.h"
#include "support/temp_dir.h"

#include <fstream>
#include <sstream>

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;

namespace {

const std::string kGet = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

// A logger that writes to a file the test can read once the logger is gone.
struct FileLog {
  FileLog() : fd(::open((folder / "log").c_str(), O_CREAT | O_WRONLY, 0600)) {
    logger.emplace(Logger::Options{.fd = fd}, clock);
  }
  ~FileLog() { ::close(fd); }
  std::string text() {
    logger.reset();
    std::ifstream file(folder / "log");
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
  }
  TempDir folder;
  SystemClock clock;
  int fd;
  std::optional<Logger> logger;
};

}  // namespace

TEST_SUITE("http/worker_pool") {
  TEST_CASE("a blocking handler runs off the loop, its answer is sent from it") {
    FileLog log;
    WorkerPool pool(2, 100);
    std::atomic<int> on_loop{0};
    HttpServer* running = nullptr;
    HttpServer server(blocking(
        pool,
        [&](const Request& request) {
          if (running->loop().onLoopThread()) ++on_loop;
          return Response{
              200, "text/plain", std::string(request.method) + std::string(request.body), {}};
        },
        renderPlain, *log.logger));
    running = &server;
    RawSocket client = server.connect();
    for (int i = 0; i < 20; ++i) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
      CHECK(client.response().body == "PUTx");
    }
    CHECK(on_loop == 0);
  }

  TEST_CASE("a handler may start a stream, which goes on on the exchange's loop") {
    FileLog log;
    WorkerPool pool(1, 10);
    HttpServer* running = nullptr;
    HttpServer server(blockingStart(
        pool,
        [&](const Request& request) -> Handler {
          const std::string text = std::string(request.method) + "\n";
          return [&, text](const ExchangePtr& exchange) {
            if (!running->loop().onLoopThread()) return exchange->abort();
            exchange->start({200, "text/plain", "", {}});
            exchange->write(text);
            exchange->loop().post([exchange] {
              exchange->write("later\n");
              exchange->finish();
            });
          };
        },
        renderPlain, *log.logger));
    running = &server;
    CHECK(server.ask(kGet).body == "GET\nlater\n");
  }

  TEST_CASE("an exception is a 500 without its text, which goes to the log") {
    FileLog log;
    {
      WorkerPool pool(1, 10);
      std::atomic<int> calls{0};
      HttpServer server(blocking(
          pool,
          [&](const Request&) -> Response {
            if (++calls == 1) throw std::runtime_error("dsn=hunter2");
            throw 42;
          },
          renderPlain, *log.logger));
      for (int i = 0; i < 2; ++i) {
        const RawResponse response = server.ask(kGet);
        CHECK(response.status == 500);
        CHECK(response.body.find("hunter2") == std::string::npos);
        CHECK(response.head.find("hunter2") == std::string::npos);
      }
    }
    const std::string text = log.text();
    CHECK(text.find("handler_failed") != std::string::npos);
    CHECK(text.find("hunter2") != std::string::npos);
  }

  TEST_CASE("a full pool answers 503 with Retry-After, clients that leave are no harm") {
    FileLog log;
    WorkerPool pool(1, 1);
    std::counting_semaphore<10> go(0);
    std::atomic<int> started{0};
    HttpServer server(blocking(
        pool,
        [&](const Request&) {
          ++started;
          go.acquire();
          return Response{200, "text/plain", "done", {}};
        },
        renderPlain, *log.logger));
    RawSocket first = server.connect();
    first.send(kGet);
    CHECK(eventually([&] { return started == 1; }));
    RawSocket second = server.connect();
    second.send(kGet);
    CHECK(eventually([&] { return server.server().counters().in_flight == 2; }));
    const RawResponse shed = server.ask(kGet);
    CHECK(shed.status == 503);
    CHECK(shed.header("Retry-After") == "1");
    second.close();
    CHECK(eventually([&] { return server.server().counters().in_flight == 1; }));
    go.release(2);
    CHECK(first.response().body == "done");
    CHECK(eventually([&] { return started == 2; }));
  }

  TEST_CASE("a pool that ends drops what waits, and its callers are told") {
    FileLog log;
    std::counting_semaphore<10> go(0);
    std::atomic<int> started{0};
    auto pool = std::make_unique<WorkerPool>(1, 10);
    HttpServer server(blocking(
        *pool,
        [&](const Request&) {
          ++started;
          go.acquire();
          return Response{200, "text/plain", "done", {}};
        },
        renderPlain, *log.logger));
    RawSocket first = server.connect();
    first.send(kGet);
    CHECK(eventually([&] { return started == 1; }));
    RawSocket second = server.connect();
    second.send(kGet);
    CHECK(eventually([&] { return server.server().counters().in_flight == 2; }));
    std::thread ending([&] { pool.reset(); });
    // The pool refuses new work once it ends; until then it takes it and drops it with the rest.
    go.release(10);
    ending.join();
    CHECK(first.response().body == "done");
    const int status = second.response().status;
    CHECK((status == 500 || status == 200));
  }

  TEST_CASE("the queue is bounded and every task taken is run once") {
    std::atomic<int> ran{0};
    int taken = 0;
    {
      WorkerPool pool(4, 50);
      for (int i = 0; i < 10'000; ++i) {
        if (pool.submit([&] { ++ran; })) ++taken;
      }
      CHECK(taken >= 50);
      CHECK(eventually([&] { return ran == taken; }));
    }
    CHECK(ran == taken);
  }
}
