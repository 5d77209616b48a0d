#include "http/worker_pool.h"

#include <exception>

#include "http/loop.h"

namespace penstock::http {

WorkerPool::WorkerPool(size_t threads, size_t queue_limit) : queue_limit_(queue_limit) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  queue_.lock()->stopping = true;
  wake_.notify_all();
}

bool WorkerPool::submit(std::function<void()> task) {
  {
    auto queue = queue_.lock();
    if (queue->stopping || queue->tasks.size() >= queue_limit_) return false;
    queue->tasks.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::run() {
  while (true) {
    std::function<void()> task;
    {
      auto queue = queue_.lock();
      queue.wait(wake_, [&] { return queue->stopping || !queue->tasks.empty(); });
      if (queue->stopping) return;
      task = std::move(queue->tasks.front());
      queue->tasks.pop_front();
    }
    task();
  }
}

namespace {

Handler responding(Response response) {
  return [response = std::move(response)](const ExchangePtr& exchange) {
    exchange->respond(response);
  };
}

// What a blocking route is made of. Shared by its calls, which may outlast the route table.
struct BlockingRoute {
  BlockingStarter starter;
  ErrorRenderer render_error;
  Logger& log;

  Handler failed(const Request& request, const char* what) const {
    log.error("handler_failed", {{"path", std::string(request.path)}, {"what", what}});
    return responding(render_error(request, internalError(what)));
  }
  Handler start(const Request& request) const {
    try {
      return starter(request);
    } catch (const std::exception& problem) {
      return failed(request, problem.what());
    } catch (...) {
      return failed(request, "unknown exception");
    }
  }
};

}  // namespace

Handler blocking(WorkerPool& pool, BlockingHandler handler, ErrorRenderer render_error,
                 Logger& log) {
  return blockingStart(
      pool,
      [handler = std::move(handler)](const Request& request) {
        return responding(handler(request));
      },
      std::move(render_error), log);
}

Handler blockingStart(WorkerPool& pool, BlockingStarter starter, ErrorRenderer render_error,
                      Logger& log) {
  auto route = std::make_shared<const BlockingRoute>(
      BlockingRoute{std::move(starter), std::move(render_error), log});
  return [&pool, route = std::move(route)](const ExchangePtr& exchange) {
    const bool taken = pool.submit([exchange, route] {
      Handler answer = route->start(exchange->request());
      exchange->loop().post([exchange, answer = std::move(answer)] { answer(exchange); });
    });
    if (taken) return;
    exchange->respond(route->render_error(exchange->request(), {ErrorKind::Overloaded,
                                                                "overloaded",
                                                                "too many requests are waiting",
                                                                {},
                                                                {},
                                                                {},
                                                                {},
                                                                1000}));
  };
}

}  // namespace penstock::http
